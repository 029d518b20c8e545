/** Verifies each object once under the same roots, whichever layer asks first: source, cache or appraisal. */
import type { Outcome } from '@atesto/core';
import type { EvidenceCode, TrustAnchor } from '@atesto/evidence/advanced';

type Verify<Value, Verified> = (value: Value, trustAnchors: readonly TrustAnchor[]) => Outcome<Verified, EvidenceCode>;

/**
 * A verification whose outcome is kept for as long as its object lives.
 * @param verify pure: it depends on the bytes of the object and the roots alone, not on time. Sources never change an object that they gave.
 */
export function verifyOnce<Value extends object, Verified>(verify: Verify<Value, Verified>): Verify<Value, Verified> {
  const kept = new WeakMap<Value, Map<string, Outcome<Verified, EvidenceCode>>>();
  return (value, trustAnchors) => {
    const outcomes = kept.get(value) ?? new Map<string, Outcome<Verified, EvidenceCode>>();
    kept.set(value, outcomes);
    const key = JSON.stringify(trustAnchors);
    const outcome = outcomes.get(key) ?? verify(value, trustAnchors);
    outcomes.set(key, outcome);
    return outcome;
  };
}
