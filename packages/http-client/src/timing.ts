/** Clock, pauses and randomness as arguments, so that tests can replace them. */
import { setTimeout as delay } from 'node:timers/promises';

/** The source of time and randomness. */
export interface Timing {
  /** The current time. */
  readonly clock: () => Date;
  /** Resolves after that many milliseconds; rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** A number of [0, 1). */
  readonly random: () => number;
}

/** The system's own. */
export const systemTiming: Timing = {
  clock: () => new Date(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
  random: Math.random,
};
