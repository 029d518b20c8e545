/**
 * What has changed, and until when is that certain? One watcher reads the change feed whenever something pokes it (an own
 * change, a notification of the database, a timer), hands new changes to the listeners in order, each exactly once, and
 * remembers when it last knew that there were no others.
 */
import type { Outcome, Refusal } from '@atesto/core';
import type { StorageCode } from '../codes.ts';
import type { ChangeOrigin, DocumentKind } from '../documents/document.ts';
import type { Position } from '../documents/history.ts';

/** One step of the store. */
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

/** A step of the store, and the link that stands for it and all before it. */
export interface FeedEntry {
  readonly change: StoreChange;
  readonly head: string;
}

/** What the watcher reads: the changes after a position, oldest first, and where the store stood at that moment. */
export interface ChangePage {
  readonly position: Position;
  readonly entries: readonly FeedEntry[];
  /** Whether an operator accepted this store in place of the one that was known: everything must be read anew. */
  readonly isAccepted?: boolean;
}

/** How sure a cache filled from the store can be. */
export interface Freshness {
  /** All changes up to this revision were taken in by all listeners. */
  readonly revision: number;
  /** Milliseconds since the store was last known to have no others; Infinity: never. */
  readonly ageMs: number;
  /** Why the last look at the store failed; absent when it did not. */
  readonly refusal?: Refusal<StorageCode>;
}

/**
 * Takes in a change; freshness waits for its promise. A listener that throws gets the same change again. It must not wait for
 * a change that it makes itself, because that waits for all listeners.
 */
export type ChangeListener = (change: StoreChange) => void | Promise<void>;

/** A moment by a clock that never goes back and by the wall clock, in milliseconds. */
export interface Moment {
  readonly steady: number;
  readonly wall: number;
}

/** What a watcher needs of its surroundings. */
export interface WatcherOptions {
  /** Changes above what is known, at most one page of them; undefined: nothing is known, and no changes are asked for. */
  read(known: Position | undefined): Promise<Outcome<ChangePage, StorageCode>>;
  /** Told after each successful look; its failure counts as a failed look. */
  confirm(revision: number): Promise<Outcome<void, StorageCode>>;
  /** Told where the store stands whenever that moved; `replaced`: the store is another one now, which an operator accepted. */
  onMoved(position: Position, replaced: Position | undefined): void;
  /** Told what a listener threw. */
  onListenerError(error: unknown): void;
  /** The pause between two looks that nothing else causes, in milliseconds. */
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
  readonly #afterLook = new Set<() => void>();
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

  /** What this process knows of the store; undefined before the first look. */
  get known(): Position | undefined {
    return this.#known;
  }

  get #revision(): number {
    return this.#known?.revision ?? 0;
  }

  /** Starts at the store's present revision: earlier changes are not told. */
  async start(): Promise<void> {
    await this.poke();
    this.#schedule();
  }

  /** Calls `listener` with every change from now on; returns what ends that. */
  subscribe(listener: ChangeListener): () => void {
    const subscription = { listener, seen: this.#revision };
    this.#subscriptions.add(subscription);
    return () => this.#subscriptions.delete(subscription);
  }

  /** Calls `listener` after every look, whether or not it succeeded; returns what ends that. */
  afterLook(listener: () => void): () => void {
    this.#afterLook.add(listener);
    return () => this.#afterLook.delete(listener);
  }

  /** Calls `listener` when an operator put another store in place of the known one; returns what ends that. It must not wait. */
  whenReplaced(listener: () => void): () => void {
    this.#whenReplaced.add(listener);
    return () => this.#whenReplaced.delete(listener);
  }

  /** What the listeners can vouch for now. */
  freshness(): Freshness {
    const facts = { revision: this.#revision, ageMs: span(this.#contact, this.#options.clock()) };
    return this.#refusal === undefined ? facts : { ...facts, refusal: this.#refusal };
  }

  /** Looks at the store now. Resolves, whether or not that succeeded, after a look that began after this call. */
  poke(): Promise<void> {
    if (this.#closed) return this.#running ?? Promise.resolve();
    if (this.#running === undefined) {
      this.#running = this.#look().finally(() => {
        this.#running = undefined;
        for (const listener of this.#afterLook) listener();
      });
      return this.#running;
    }
    this.#again ??= this.#running.then(() => {
      this.#again = undefined;
      return this.poke();
    });
    return this.#again;
  }

  /** Ends the watch after the present look. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.poke().finally(() => this.#schedule()), this.#options.pollIntervalMs);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    // The moment before the question is asked is what the answer vouches for.
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
    // What the store has is not what was taken in from it: nothing can be vouched for, however recent the last look.
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
