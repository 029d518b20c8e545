/** Outcomes of the evidence packages as the runner takes them. */
import type { Outcome } from '@atesto/core';
import type { FuzzOutcome } from './target.ts';

/** A refusal's code and place, or what acceptance proves. */
export function outcomeOf<Value>(
  outcome: Outcome<Value>,
  provenBy: (value: Value) => readonly (Uint8Array | string)[],
): FuzzOutcome {
  if (outcome.ok) return { code: 'accepted', proven: provenBy(outcome.value) };
  const { code, where } = outcome.refusal;
  return { code, where };
}
