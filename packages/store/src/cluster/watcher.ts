/**
 * Watches the change feed. The feed is read whenever a refresh is requested: by an own change, a notification of the database, or a timer. New
 * changes go to the listeners in order, each exactly once. The watcher remembers when it last knew that there were no others.
 */
import type { Outcome, Refusal } from '@atesto/core';
import type { StorageCode } from '../codes.ts';
import type { ChangeOrigin, DocumentKind } from '../documents/document.ts';
import type { Position } from '../documents/history.ts';

/** One change of the store. */
export interface StoreChange {
  readonly revision: number;
  /** The owning provider's id, or '' for the service. */
  readonly providerId: string;
  readonly kind: DocumentKind;
  readonly name: string;
  readonly version: number;
  readonly action: string;
  readonly origin: ChangeOrigin;
}

/** A change, and the link that stands for it and all changes before it. */
export interface FeedEntry {
  readonly change: StoreChange;
  readonly head: string;
}

/** What the watcher reads: the changes after a position, oldest first, and where the store stood at that moment. */
export interface ChangePage {
  readonly position: Position;
  readonly entries: readonly FeedEntry[];
  /** Whether an operator accepted this store in place of the one that was known: everything must be read again. */
  readonly isAccepted?: boolean;
}

/** How current a cache filled from the store is. */
export interface Freshness {
  /** All listeners have applied all changes up to this revision. */
  readonly revision: number;
  /** Milliseconds since the store was last known to have no later changes; Infinity: never. */
  readonly ageMs: number;
  /** Why the last poll failed; absent when it did not. */
  readonly refusal?: Refusal<StorageCode>;
}

/**
 * Applies a change; freshness waits for its promise. A listener that throws gets the same change again. It must not wait for
 * a change that it makes itself, because that waits for all listeners.
 */
export type ChangeListener = (change: StoreChange) => void | Promise<void>;

/** A moment by a clock that never goes back and by the wall clock, in milliseconds. */
export interface Moment {
  readonly steady: number;
  readonly wall: number;
}

/** The dependencies of a watcher. */
export interface WatcherOptions {
  /** Changes above what is known, at most one page of them; undefined: nothing is known, and no changes are asked for. */
  read(known: Position | undefined): Promise<Outcome<ChangePage, StorageCode>>;
  /** Called after each successful poll; its failure counts as a failed poll. */
  confirm(revision: number): Promise<Outcome<void, StorageCode>>;
  /** Told where the store stands whenever that moved; `replaced`: the store is another one now, which an operator accepted. */
  onMoved(position: Position, replaced: Position | undefined): void;
  /** Told what a listener threw. */
  onListenerError(error: unknown): void;
  /** The interval between polls, in milliseconds. */
  pollIntervalMs: number;
  clock(): Moment;
}

const never: Moment = { steady: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };

/** Refusals that say that the store is not the one that this process knows. */
export const historyCodes: ReadonlySet<StorageCode> = new Set<StorageCode>(['store-rolled-back', 'row-tampered']);

interface Subscription {
  readonly listener: ChangeListener;
  seen: number;
}

/** Watches the change feed of a store. */
export class ChangeWatcher {
  readonly #options: WatcherOptions;
  readonly #subscriptions = new Set<Subscription>();
  readonly #afterPoll = new Set<() => void>();
  readonly #whenReplaced = new Set<() => void>();
  #known: Position | undefined;
  #contact: Moment = never;
  #refusal: Refusal<StorageCode> | undefined;
  #running: Promise<void> | undefined;
  #again: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param known what was known of the store before; absent: nothing */
  constructor(options: WatcherOptions, known?: Position) {
    this.#options = options;
    this.#known = known;
  }

  /** What this process knows about the store; undefined before the first poll. */
  get known(): Position | undefined {
    return this.#known;
  }

  get #revision(): number {
    return this.#known?.revision ?? 0;
  }

  /** Starts at the current revision: earlier changes are not reported. */
  async start(): Promise<void> {
    await this.requestRefresh();
    this.#schedule();
  }

  /** Calls `listener` with every change from now on. Returns a function that stops this. */
  subscribe(listener: ChangeListener): () => void {
    const subscription = { listener, seen: this.#revision };
    this.#subscriptions.add(subscription);
    return () => this.#subscriptions.delete(subscription);
  }

  /** Calls `listener` after every poll, whether or not it succeeded. Returns a function that stops this. */
  afterPoll(listener: () => void): () => void {
    this.#afterPoll.add(listener);
    return () => this.#afterPoll.delete(listener);
  }

  /** Calls `listener` when an operator replaced the known store by another. It must not wait. Returns a function that stops this. */
  whenReplaced(listener: () => void): () => void {
    this.#whenReplaced.add(listener);
    return () => this.#whenReplaced.delete(listener);
  }

  /** How current the listeners are now. */
  freshness(): Freshness {
    const facts = { revision: this.#revision, ageMs: span(this.#contact, this.#options.clock()) };
    return this.#refusal === undefined ? facts : { ...facts, refusal: this.#refusal };
  }

  /** Polls the store now. Resolves, whether or not that succeeded, after a poll that started after this call. */
  requestRefresh(): Promise<void> {
    if (this.#closed) return this.#running ?? Promise.resolve();
    if (this.#running === undefined) {
      this.#running = this.#poll().finally(() => {
        this.#running = undefined;
        for (const listener of this.#afterPoll) listener();
      });
      return this.#running;
    }
    this.#again ??= this.#running.then(() => {
      this.#again = undefined;
      return this.requestRefresh();
    });
    return this.#again;
  }

  /** Stops after the current poll. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.requestRefresh().finally(() => this.#schedule()), this.#options.pollIntervalMs);
    this.#timer.unref();
  }

  async #poll(): Promise<void> {
    // The answer vouches for the moment before the question was asked.
    const asked = this.#options.clock();
    for (;;) {
      const page = await this.#options.read(this.#known);
      if (!page.ok) return this.#fail(page.refusal);
      const { position, entries, isAccepted } = page.value;
      if (this.#known === undefined || isAccepted === true) this.#begin(position);
      for (const entry of entries) {
        if (!(await this.#deliver(entry))) return;
      }
      if (entries.length > 0) continue;
      if (position.revision === this.#revision) break;
      return this.#fail(missing(this.#revision + 1));
    }
    const confirmed = await this.#options.confirm(this.#revision);
    if (!confirmed.ok) return this.#fail(confirmed.refusal);
    this.#refusal = undefined;
    this.#contact = asked;
  }

  /** Takes a position without its changes: the first one, or that of an accepted store. */
  #begin(position: Position): void {
    const replaced = this.#known;
    for (const subscription of this.#subscriptions) subscription.seen = position.revision;
    this.#move(position, replaced);
    if (replaced === undefined) return;
    for (const listener of this.#whenReplaced) listener();
  }

  #move(position: Position, replaced?: Position): void {
    this.#known = position;
    this.#options.onMoved(position, replaced);
  }

  async #deliver({ change, head }: FeedEntry): Promise<boolean> {
    for (const subscription of this.#subscriptions) {
      if (subscription.seen >= change.revision) continue;
      try {
        await subscription.listener(change);
        subscription.seen = change.revision;
      } catch (error) {
        this.#options.onListenerError(error);
        return false;
      }
    }
    this.#move({ incarnation: this.#known?.incarnation ?? '', revision: change.revision, head });
    return true;
  }

  #fail(refusal: Refusal<StorageCode>): void {
    this.#refusal = refusal;
    // The store no longer holds what was read from it, so nothing is fresh, however recent the last poll.
    if (historyCodes.has(refusal.code)) this.#contact = never;
  }
}

// The steady clock stands still while a machine is suspended, the wall clock can be set back: the larger span counts.
function span(from: Moment, to: Moment): number {
  return Math.max(to.steady - from.steady, to.wall - from.wall);
}

function missing(revision: number): Refusal<StorageCode> {
  return { code: 'row-tampered', where: `documents at revision ${revision}`, why: 'the version is missing' };
}
