/** The verdict of an offline appraisal, which is also its JSON form. */
import type { Refusal } from '@atesto/core';
import type { TrustAnchor } from '@atesto/evidence/advanced';

/** The members that the verdicts of all technologies share. */
export interface Verdict {
  readonly verdict: 'valid' | 'refused';
  /** The code of the check that refused; null when valid. */
  readonly code: string | null;
  /** Where and why; null when valid. */
  readonly reason: string | null;
  /** What encoded evidence was taken for; absent: it was taken as it is. */
  readonly taken?: string;
  /** What to do about a refusal; absent: nothing particular. */
  readonly hint?: string;
}

/** The evidence is genuine. */
export const valid: Verdict = { verdict: 'valid', code: null, reason: null };

/** The evidence, or what was given with it, was refused. */
export function refused({ code, where, why }: Refusal): Verdict {
  return { verdict: 'refused', code, reason: `${where}: ${why}` };
}

/** Additional trust anchors for development. @param fingerprints SHA-256 of their public keys, hex */
export function developmentAnchors(fingerprints: readonly string[]): TrustAnchor[] {
  return fingerprints.map((spkiSha256) => ({ name: 'development root', spkiSha256, development: true }));
}
