/** Outcomes of the code under test as the runner takes them. */
import { type Outcome, Refused } from '@atesto/core';
import { RequestRefused } from '../../packages/service/src/http/refusal.ts';
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

/** The same for code within the service, which throws what it refuses. Anything else that is thrown stays a fault. */
export async function outcomeOfThrowing(
  work: () => readonly (Uint8Array | string)[] | Promise<readonly (Uint8Array | string)[]>,
): Promise<FuzzOutcome> {
  try {
    return { code: 'accepted', proven: await work() };
  } catch (error) {
    if (!(error instanceof Refused) && !(error instanceof RequestRefused)) throw error;
    const { code, where } = error.refusal;
    return { code, where };
  }
}
