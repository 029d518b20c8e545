/** What the store answered, for callers that go no further without it. */
import { type Refusal, Refused } from '@atesto/evidence';
import type { StorageCode } from './codes.ts';

/** The value. Throws `Refused` with the store's code otherwise. */
export function held<Value>(
  outcome:
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly refusal: Refusal<StorageCode> },
): Value {
  if (outcome.ok) return outcome.value;
  throw new Refused(outcome.refusal);
}
