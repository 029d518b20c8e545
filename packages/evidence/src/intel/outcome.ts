/** The outcome of appraising an Intel quote: the appraisal, or a refusal with the facts known by then. */
import { Refused } from '@atesto/core';
import type { Refusal } from '../outcome.ts';
import type { IntelFacts } from './appraise-tcb.ts';

/** A refusal carries facts for reports to people, never for a decision. */
export type IntelOutcome<Appraisal> =
  | { readonly ok: true; readonly value: Appraisal }
  | { readonly ok: false; readonly refusal: Refusal; readonly facts: Partial<IntelFacts> };

/** Appraises; a refusal becomes a value with the facts noted so far. */
export function settleIntel<Appraisal>(
  appraise: (note: (facts: Partial<IntelFacts>) => void) => Appraisal,
): IntelOutcome<Appraisal> {
  let facts: Partial<IntelFacts> = {};
  const note = (more: Partial<IntelFacts>): void => {
    facts = { ...facts, ...more };
  };
  try {
    return { ok: true, value: appraise(note) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal, facts };
    throw error;
  }
}
