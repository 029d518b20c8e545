/**
 * Rates with bursts for many keys in bounded memory: the generic cell rate algorithm (ITU-T I.371, annex A), which keeps one time for each
 * key. Limiter libraries need memory per key without bound and do not take a clock.
 */
import { LRUCache } from 'lru-cache';

/** So many a second in the long run, and so many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Floating-point times of a day in milliseconds are exact to less than this. */
const toleranceMs = 1e-3;

/** A cache that takes memory as it fills; with `max` it would reserve that of all entries at the start. */
export function growingTo(maximumKeys: number): { readonly maxSize: number; readonly sizeCalculation: () => number } {
  return { maxSize: maximumKeys, sizeCalculation: () => 1 };
}

/** How much of its rate each key has used. */
export class RateTable {
  /** When the budget of a key is whole again, in milliseconds of the clock. */
  readonly #wholeAt: LRUCache<string, number>;
  readonly #nowMs: () => number;

  /** @param nowMs a monotonic clock in milliseconds */
  constructor(maximumKeys: number, nowMs: () => number) {
    this.#wholeAt = new LRUCache(growingTo(maximumKeys));
    this.#nowMs = nowMs;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#wholeAt.size;
  }

  /** After how many milliseconds the key may take one; 0: now. */
  waitMs(key: string, { perSecond, burst }: Rate): number {
    const now = this.#nowMs();
    const used = Math.max(0, (this.#wholeAt.get(key) ?? now) - now);
    const wait = used - ((burst - 1) * 1000) / perSecond;
    return wait <= toleranceMs ? 0 : wait;
  }

  /** Takes one. */
  take(key: string, { perSecond }: Rate): void {
    const now = this.#nowMs();
    this.#wholeAt.set(key, Math.max(now, this.#wholeAt.get(key) ?? now) + 1000 / perSecond);
  }

  /** Gives back one that was taken. */
  giveBack(key: string, { perSecond }: Rate): void {
    const wholeAt = this.#wholeAt.get(key);
    if (wholeAt !== undefined) this.#wholeAt.set(key, wholeAt - 1000 / perSecond);
  }
}
