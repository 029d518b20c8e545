/** The appraisal of an Intel quote, or its refusal with the facts known by then. */
import { type Refusal, Refused, unwrap } from '@atesto/core';
import type { TrustAnchor } from '../roots.ts';
import type { IntelCollateral } from './collateral.ts';
import { type VerifiedIntelCollateral, verifyIntelCollateral } from './verified-collateral.ts';

/** A refusal carries facts for an account to people, never for a decision. */
export type IntelOutcome<Appraisal, Facts> =
  | { readonly ok: true; readonly value: Appraisal }
  | { readonly ok: false; readonly refusal: Refusal; readonly facts: Partial<Facts> };

/** Prepares collateral unless it is, then appraises; a refusal becomes a value with the facts noted so far. */
export function settleIntel<Appraisal, Facts>(
  collateral: IntelCollateral | VerifiedIntelCollateral,
  trustAnchors: readonly TrustAnchor[] | undefined,
  appraise: (collateral: VerifiedIntelCollateral, note: (facts: Partial<Facts>) => void) => Appraisal,
): IntelOutcome<Appraisal, Facts> {
  let facts: Partial<Facts> = {};
  const note = (more: Partial<Facts>): void => {
    facts = { ...facts, ...more };
  };
  try {
    return { ok: true, value: appraise(verified(collateral, trustAnchors), note) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal, facts };
    throw error;
  }
}

function verified(
  collateral: IntelCollateral | VerifiedIntelCollateral,
  trustAnchors: readonly TrustAnchor[] | undefined,
): VerifiedIntelCollateral {
  if ('verified' in collateral) return collateral;
  return unwrap(verifyIntelCollateral(collateral, trustAnchors === undefined ? {} : { trustAnchors }));
}
