/** How tests look at refusals. */
import { type Outcome, Refused } from '@atesto/core';

/** The code with which work is refused, or `accepted`. Anything but a refusal stays an exception: that is a bug. */
export function codeOf(work: () => unknown): string {
  try {
    work();
    return 'accepted';
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code;
    throw error;
  }
}

/** The code of an outcome, or `accepted`. */
export function outcomeCode(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'accepted' : outcome.refusal.code;
}
