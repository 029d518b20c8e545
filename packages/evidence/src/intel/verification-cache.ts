/**
 * Caches results of pure verifications by the SHA-256 of everything that they depend on, so that the second quote of a platform does not
 * verify the platform's certificates again. Nothing that depends on time is cached.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** A bounded cache that evicts the least recently used result first. */
export class VerificationCache {
  readonly #results: LRUCache<string, NonNullable<unknown>>;

  /** @param maximumEntries about 5 KiB each; the default serves 512 platforms */
  constructor(maximumEntries = 1024) {
    this.#results = new LRUCache({ max: maximumEntries });
  }

  /** The cached result of the computation that `key` names in full, or a fresh one. What `compute` throws is not cached. */
  getOrCompute<Result extends NonNullable<unknown>>(
    computation: CachedComputation<Result>,
    key: string,
    compute: () => Result,
  ): Result {
    // Not the string itself: its sender chooses its length, and all strings of one length beyond 16,383 characters share one hash in V8.
    const full = hash('sha256', `${computation.name}\u0000${key}`, 'base64');
    const known = this.#results.get(full);
    if (computation.is(known)) return known;
    const result = compute();
    this.#results.set(full, result);
    return result;
  }
}

/** Names one kind of computation and recognizes its results. */
export interface CachedComputation<Result> {
  readonly name: string;
  readonly is: (value: unknown) => value is Result;
}
