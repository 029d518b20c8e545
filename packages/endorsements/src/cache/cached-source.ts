/** Endorsements from memory or disk: fetched when needed, refreshed before they are due, used past that only within a grace. */

import { setTimeout as delay } from 'node:timers/promises';
import { Refused } from '@atesto/core';
import { type Freshness, freshnessAt, isUsable } from '../freshness.ts';
import { refuseEndorsements, settleRefusals } from '../refusal.ts';
import { SingleFlight } from '../single-flight.ts';
import type { EndorsementOptions, EndorsementResult, EndorsementSource } from '../source.ts';
import type { CacheEvent } from './events.ts';
import { FailureCache } from './failure-cache.ts';
import type { EndorsementKind } from './kind.ts';
import { EndorsementStore, type HeldEntry } from './store.ts';
import { type Dated, isSuperseded, olderParts } from './supersession.ts';

/** Where a cache keeps things and for how long. */
export interface CacheOptions {
  /** Made when it is not there. Absent: memory only. */
  readonly directory?: string;
  /** The current time. Default: the machine's clock. */
  readonly clock?: () => Date;
  /** How long before `nextUpdate` entries are fetched anew in the background, seconds. Default: 259200 (3 days). */
  readonly refreshAheadSeconds?: number;
  /**
   * The age at which entries are fetched anew in the background even though their vendor means them to last, seconds: revocations and TCB
   * recoveries are published in between. Default: 86400 (1 day).
   */
  readonly refreshAfterSeconds?: number;
  /** How long past `nextUpdate` an entry may be used while the source gives none, seconds. Default: 0. */
  readonly staleGraceSeconds?: number;
  /** How long a call waits for new endorsements when the ones at hand may still be used, seconds. Default: 2. */
  readonly staleWaitSeconds?: number;
  /** How long after a failure the failure is the answer before the source is asked again, seconds. Default: 15. */
  readonly retryAfterSeconds?: number;
  /** The same for refreshes of entries that can still be used, seconds. Default: 300. */
  readonly refreshRetrySeconds?: number;
  /** In memory and on disk. Default: 1000. */
  readonly maximumEntries?: number;
  /** Hears what happens besides the answers. */
  readonly report?: (event: CacheEvent) => void;
}

/** Every option of a cache, for the check that options are known. */
export const cacheOptionNames: Readonly<Record<keyof CacheOptions, true>> = {
  directory: true,
  clock: true,
  refreshAheadSeconds: true,
  refreshAfterSeconds: true,
  staleGraceSeconds: true,
  staleWaitSeconds: true,
  retryAfterSeconds: true,
  refreshRetrySeconds: true,
  maximumEntries: true,
  report: true,
};

/** A source with a cache before it. */
export interface CachedSource<Request, Value> extends EndorsementSource<Request, Value> {
  /** Fetches anew what is due and was asked for since it was fetched: to be called now and then. */
  refreshDue(): Promise<void>;
  /** Waits for refreshes and writes under way. */
  close(): Promise<void>;
}

type Settings = Required<Omit<CacheOptions, 'directory'>>;

const defaults: Settings = {
  clock: () => new Date(),
  refreshAheadSeconds: 3 * 24 * 3600,
  refreshAfterSeconds: 24 * 3600,
  staleGraceSeconds: 0,
  staleWaitSeconds: 2,
  retryAfterSeconds: 15,
  refreshRetrySeconds: 300,
  maximumEntries: 1000,
  report: () => {},
};

class Cache<Request, Value> implements CachedSource<Request, Value> {
  readonly name: string;
  readonly #source: EndorsementSource<Request, Value>;
  readonly #kind: EndorsementKind<Request, Value>;
  readonly #settings: Settings;
  readonly #store: EndorsementStore<Request, Value>;
  readonly #failures: FailureCache;
  readonly #loads = new SingleFlight<HeldEntry<Request, Value> | undefined>();
  readonly #fetches = new SingleFlight<HeldEntry<Request, Value>>();
  readonly #background = new Set<Promise<void>>();

  constructor(source: EndorsementSource<Request, Value>, kind: EndorsementKind<Request, Value>, options: CacheOptions) {
    const { directory, ...given } = options;
    this.name = source.name ?? 'a source';
    this.#source = source;
    this.#kind = kind;
    this.#settings = { ...defaults, ...given };
    const { maximumEntries, report, clock } = this.#settings;
    this.#store = new EndorsementStore(kind, directory, maximumEntries, report);
    this.#failures = new FailureCache(maximumEntries, clock);
  }

  get(request: Request, options: EndorsementOptions): Promise<EndorsementResult<Value>> {
    return settleRefusals(() => this.#answer(request, options));
  }

  async #answer(request: Request, options: EndorsementOptions): Promise<EndorsementResult<Value>> {
    const { at, renew = false, signal } = options;
    const key = `${this.name} ${this.#kind.keyOf(request)}`;
    const held = this.#store.held(key) ?? (await this.#load(key, request, signal));
    if (held !== undefined && at <= held.nextUpdate && !renew) {
      held.used = true;
      if (this.#isDue(held)) this.#refreshBehind(held);
      return this.#give(held, at);
    }
    const renewed = await this.#renewed(key, request, held, options);
    // Whether that is newer than what was at hand is for the caller to see, who may ask each time.
    if (renew && this.#failures.within(key, this.#settings.retryAfterSeconds) === undefined) this.#failures.note(key);
    return this.#give(renewed, at);
  }

  /** From disk; a disk that was just found without the entry is not read again for a while. */
  async #load(
    key: string,
    request: Request,
    signal: AbortSignal | undefined,
  ): Promise<HeldEntry<Request, Value> | undefined> {
    if (this.#failures.within(key, this.#settings.retryAfterSeconds) !== undefined) return undefined;
    return this.#loads.run(key, signal, () => this.#store.load(key, request));
  }

  /** A fetched entry; or the one that is held when it may still be used and the source gives none. */
  async #renewed(
    key: string,
    request: Request,
    held: HeldEntry<Request, Value> | undefined,
    { at, signal, mayFetch }: EndorsementOptions,
  ): Promise<HeldEntry<Request, Value>> {
    const failure = this.#failures.within(key, this.#settings.retryAfterSeconds);
    const usable = held !== undefined && isUsable(this.#freshnessOf(held, at)) ? held : undefined;
    try {
      if (failure?.refusal !== undefined) throw new Refused(failure.refusal);
      if (failure !== undefined && held !== undefined) return held;
      if (!this.#fetches.has(key) && mayFetch?.() === false) {
        refuseEndorsements('endorsements-limited', this.name, 'the caller made it be asked too often');
      }
      const fetched =
        usable === undefined ? await this.#fetch(key, request, signal) : await this.#fetchedInTime(usable);
      fetched.used = true;
      return fetched;
    } catch (error) {
      if (!(error instanceof Refused) || usable === undefined) throw error;
      return usable;
    }
  }

  /** A fetched entry, or the one that is held when the source is slow: the fetch goes on behind it, whoever gives up meanwhile. */
  async #fetchedInTime(held: HeldEntry<Request, Value>): Promise<HeldEntry<Request, Value>> {
    const { key, request } = held;
    const fetching = this.#fetch(key, request, undefined);
    const inTime = new AbortController();
    const late = delay(this.#settings.staleWaitSeconds * 1000, undefined, { signal: inTime.signal }).catch(
      () => undefined,
    );
    try {
      const fetched = await Promise.race([fetching, late]);
      if (fetched === undefined) this.#follow(key, fetching);
      return fetched ?? held;
    } finally {
      inTime.abort();
    }
  }

  #fetch(key: string, request: Request, signal: AbortSignal | undefined): Promise<HeldEntry<Request, Value>> {
    return this.#fetches.run(key, signal, async (landing) => {
      try {
        return await this.#fetchVerified(key, request, landing);
      } catch (error) {
        if (!landing.aborted) this.#failures.note(key, error instanceof Refused ? error.refusal : undefined);
        throw error;
      }
    });
  }

  async #fetchVerified(key: string, request: Request, signal: AbortSignal): Promise<HeldEntry<Request, Value>> {
    const now = this.#settings.clock();
    const result = await this.#source.get(request, { at: now, signal });
    if (!result.ok) throw new Refused(result.refusal);
    const { collateral, freshness } = result.value;
    const source = freshness?.source ?? this.name;
    const verified = this.#kind.verify(collateral, request, source);
    if (!verified.ok) throw new Refused(verified.refusal);
    const before = this.#store.held(key);
    if (before !== undefined && isSuperseded(verified, before)) {
      this.#settings.report({ kind: 'rollback-ignored', key, nextUpdate: verified.nextUpdate });
      this.#failures.note(key);
      return before;
    }
    const newest = this.#newest({ ...verified, value: collateral }, before, request, source);
    const { nextUpdate, issued } = newest;
    const text = this.#kind.encode(newest.value);
    // Callers remember what they verified by the object: the same bytes keep their object.
    const value = before?.text === text ? before.value : newest.value;
    const fetchedAt = freshness?.fetchedAt ?? now;
    const entry = { key, request, value, text, nextUpdate, issued, source, fetchedAt, used: false };
    this.#store.put(entry);
    if (this.#isDue(entry)) this.#failures.note(key);
    else this.#failures.forget(key);
    return entry;
  }

  /** A service whose machines are not all up to date may be ahead in one part and behind in another: the newer of each is kept. */
  #newest(
    found: Dated & { readonly value: Value },
    held: HeldEntry<Request, Value> | undefined,
    request: Request,
    source: string,
  ): Dated & { readonly value: Value } {
    if (held === undefined || this.#kind.withPartsOf === undefined) return found;
    const older = olderParts(found, held);
    if (!older.includes(true)) return found;
    const value = this.#kind.withPartsOf(found.value, held.value, older);
    const verified = this.#kind.verify(value, request, source);
    if (!verified.ok) return found;
    this.#settings.report({ kind: 'rollback-ignored', key: held.key, nextUpdate: found.nextUpdate });
    return { ...verified, value };
  }

  #isDue({ nextUpdate, fetchedAt }: HeldEntry<Request, Value>): boolean {
    const { clock, refreshAheadSeconds, refreshAfterSeconds } = this.#settings;
    const now = clock().getTime();
    return (
      now >= nextUpdate.getTime() - refreshAheadSeconds * 1000 ||
      now >= fetchedAt.getTime() + refreshAfterSeconds * 1000
    );
  }

  /** Refreshes in the background, unless that failed a short while ago. */
  #refreshBehind({ key, request }: HeldEntry<Request, Value>): void {
    if (this.#fetches.has(key) || this.#failures.within(key, this.#settings.refreshRetrySeconds) !== undefined) return;
    this.#follow(key, this.#fetch(key, request, undefined));
  }

  /** Reports what comes of a fetch that nobody waits for. */
  #follow(key: string, fetching: Promise<HeldEntry<Request, Value>>): void {
    const { report } = this.#settings;
    const done = fetching.then(
      ({ nextUpdate }) => report({ kind: 'refreshed', key, nextUpdate }),
      (error: unknown) =>
        report(
          error instanceof Refused
            ? { kind: 'refresh-failed', key, refusal: error.refusal }
            : { kind: 'refresh-crashed', key, error },
        ),
    );
    this.#background.add(done);
    done.finally(() => this.#background.delete(done));
  }

  #freshnessOf(entry: HeldEntry<Request, Value>, at: Date): Freshness {
    return freshnessAt(entry, at, this.#settings.staleGraceSeconds);
  }

  #give(entry: HeldEntry<Request, Value>, at: Date): EndorsementResult<Value> {
    const { key, value, nextUpdate, source } = entry;
    const freshness = this.#freshnessOf(entry, at);
    if (!isUsable(freshness)) {
      const why = `the next update was due at ${nextUpdate.toISOString()}, and the source gives nothing newer`;
      return refuseEndorsements('endorsements-expired', source, why);
    }
    if (freshness.stale) this.#settings.report({ kind: 'stale-used', key, nextUpdate });
    return { ok: true, value: { collateral: value, freshness } };
  }

  async refreshDue(): Promise<void> {
    for (const entry of this.#store.entries()) {
      if (entry.used && this.#isDue(entry)) this.#refreshBehind(entry);
    }
    await Promise.all(this.#background);
  }

  async close(): Promise<void> {
    await Promise.all(this.#background);
    await this.#store.written();
  }
}

/** Puts a cache before a source. Only what the kind verifies enters it. */
export function cacheEndorsements<Request, Value>(
  source: EndorsementSource<Request, Value>,
  kind: EndorsementKind<Request, Value>,
  options: CacheOptions = {},
): CachedSource<Request, Value> {
  return new Cache(source, kind, options);
}
