/** Time and trust of all simulated machines. */
import type { TrustAnchor } from '@atesto/evidence/advanced';

/** The moment around which everything is valid. */
export const at = new Date('2026-06-01T12:00:00Z');

/** The root of a simulated machine. */
export function anchorOf({ rootFingerprint }: { readonly rootFingerprint: string }): TrustAnchor {
  return { name: 'simulated root', spkiSha256: rootFingerprint, development: true };
}
