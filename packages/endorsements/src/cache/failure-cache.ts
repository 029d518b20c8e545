/** Remembers recent failures of a source, which is then not asked for a while, so that an outage does not make every request wait. */
import type { Refusal } from '@atesto/core';
import { LRUCache } from 'lru-cache';

/** An attempt that gave nothing newer. */
export interface RecentFailure {
  readonly at: Date;
  /** Absent: the source answered, with nothing fresher than what was there. */
  readonly refusal?: Refusal;
}

/** The last failure for each key. */
export class FailureCache {
  readonly #attempts: LRUCache<string, RecentFailure>;
  readonly #clock: () => Date;

  constructor(maximumEntries: number, clock: () => Date) {
    this.#attempts = new LRUCache({ max: maximumEntries });
    this.#clock = clock;
  }

  note(key: string, refusal?: Refusal): void {
    const at = this.#clock();
    this.#attempts.set(key, refusal === undefined ? { at } : { at, refusal });
  }

  forget(key: string): void {
    this.#attempts.delete(key);
  }

  /** The attempt, when it is younger than that. A clock that was set back does not prolong it. */
  within(key: string, seconds: number): RecentFailure | undefined {
    const attempt = this.#attempts.get(key);
    if (attempt === undefined) return undefined;
    const ageMilliseconds = this.#clock().getTime() - attempt.at.getTime();
    return ageMilliseconds >= 0 && ageMilliseconds < seconds * 1000 ? attempt : undefined;
  }
}
