/**
 * What has changed, and until when is that certain? One watcher reads the change feed whenever something pokes it (an own
 * change, a notification of the database, a timer), hands new changes to the listeners in order, each exactly once, and
 * remembers when it last knew that there were no others.
 */
import type { Outcome, Refusal } from '@atesto/evidence';
import type { StorageCode } from './codes.ts';
import type { ChangeOrigin, DocumentKind } from './document.ts';

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

/** What the watcher reads: the changes after a revision, oldest first, and the store's revision at that moment. */
export interface ChangePage {
  readonly revision: number;
  readonly changes: readonly StoreChange[];
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
  /** Changes above `revision`, at most one page of them. */
  read(revision: number): Promise<Outcome<ChangePage, StorageCode>>;
  /** Told after each successful look; its failure counts as a failed look. */
  confirm(revision: number): Promise<Outcome<void, StorageCode>>;
  /** Told what a listener threw. */
  onListenerError(error: unknown): void;
  /** The pause between two looks that nothing else causes, in milliseconds. */
  pollIntervalMs: number;
  clock(): Moment;
}

interface Subscription {
  readonly listener: ChangeListener;
  seen: number;
}

/** Watches the change feed of a store. */
export class ChangeWatcher {
  readonly #options: WatcherOptions;
  readonly #subscriptions = new Set<Subscription>();
  #revision = 0;
  #started = false;
  #contact: Moment = { steady: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  #refusal: Refusal<StorageCode> | undefined;
  #running: Promise<void> | undefined;
  #again: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
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
      const page = await this.#options.read(this.#started ? this.#revision : Number.MAX_SAFE_INTEGER);
      if (!page.ok) return this.#fail(page.refusal);
      if (!this.#started) this.#begin(page.value.revision);
      if (page.value.revision < this.#revision) return this.#fail(rolledBack(page.value.revision, this.#revision));
      for (const change of page.value.changes) {
        if (!(await this.#deliver(change))) return;
      }
      if (page.value.changes.length > 0) continue;
      if (page.value.revision === this.#revision) break;
      return this.#fail(missing(this.#revision + 1));
    }
    const confirmed = await this.#options.confirm(this.#revision);
    if (!confirmed.ok) return this.#fail(confirmed.refusal);
    this.#refusal = undefined;
    this.#contact = asked;
  }

  #begin(revision: number): void {
    this.#started = true;
    this.#revision = revision;
    for (const subscription of this.#subscriptions) subscription.seen = revision;
  }

  async #deliver(change: StoreChange): Promise<boolean> {
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
    this.#revision = change.revision;
    return true;
  }

  #fail(refusal: Refusal<StorageCode>): void {
    this.#refusal = refusal;
  }
}

// The steady clock stands still while a machine is suspended, the wall clock can be set back: the larger span counts.
function span(from: Moment, to: Moment): number {
  return Math.max(to.steady - from.steady, to.wall - from.wall);
}

function missing(revision: number): Refusal<StorageCode> {
  return { code: 'row-tampered', where: `documents at revision ${revision}`, why: 'the version is missing' };
}

function rolledBack(now: number, seen: number): Refusal<StorageCode> {
  const why = `it is at revision ${now}, this process has seen ${seen}; restart when the restored state is meant`;
  return { code: 'store-rolled-back', where: 'store_state', why };
}
