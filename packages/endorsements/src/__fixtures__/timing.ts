/** A clock that tests set, and pauses that end when tests say so. */
import type { Timing } from '@atesto/http-client';

/** Time in the hands of a test. */
export interface FakeTiming extends Timing {
  /** Sets the clock. */
  set(at: Date): void;
  /** Pauses that were asked for, in milliseconds and in order; deadlines are not among them. */
  readonly pauses: readonly number[];
  /** Lets every deadline that is running pass. */
  passDeadlines(): void;
}

/** Pauses of exactly this length are deadlines: they end by {@link FakeTiming.passDeadlines} only. Others end at once. */
export const deadlineMilliseconds = 123_000;

export function createFakeTiming(at: Date, random = 0.5): FakeTiming {
  let now = at;
  const pauses: number[] = [];
  const deadlines = new Set<() => void>();
  return {
    clock: () => now,
    set: (next) => {
      now = next;
    },
    random: () => random,
    pauses,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (milliseconds !== deadlineMilliseconds) {
          pauses.push(milliseconds);
          return resolve();
        }
        deadlines.add(resolve);
        signal.addEventListener('abort', () => {
          deadlines.delete(resolve);
          reject(signal.reason);
        });
      }),
    passDeadlines: () => {
      for (const pass of deadlines) pass();
      deadlines.clear();
    },
  };
}
