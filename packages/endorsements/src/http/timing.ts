/** Time and chance, as arguments: tests put in their own. */
import { setTimeout as delay } from 'node:timers/promises';

/** How time passes. */
export interface Timing {
  /** The current time. */
  readonly clock: () => Date;
  /** Resolves after that time, rejects when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to 1, without 1. */
  readonly random: () => number;
}

/** The machine's own. */
export const systemTiming: Timing = {
  clock: () => new Date(),
  sleep: (milliseconds, signal) => delay(milliseconds, undefined, { signal }),
  random: Math.random,
};
