/** The verdict of an offline appraisal, as programs read it: what every technology says first, and how roots of development are named. */
import type { Refusal } from '@atesto/core';
import type { TrustAnchor } from '@atesto/evidence';

/** Members that each verdict has, before the facts of its technology. */
export interface Verdict {
  readonly verdict: 'valid' | 'refused';
  /** The code of the check that refused; null when valid. */
  readonly code: string | null;
  /** Where and why; null when valid. */
  readonly reason: string | null;
}

/** The evidence is genuine. */
export const valid: Verdict = { verdict: 'valid', code: null, reason: null };

/** The evidence, or what was given with it, was refused. */
export function refused({ code, where, why }: Refusal): Verdict {
  return { verdict: 'refused', code, reason: `${where}: ${why}` };
}

/** Roots by SHA-256 of their public key, hex: trusted besides the vendor's, and named as what they are. */
export function developmentAnchors(fingerprints: readonly string[]): TrustAnchor[] {
  return fingerprints.map((spkiSha256) => ({ name: 'development root', spkiSha256, development: true }));
}
