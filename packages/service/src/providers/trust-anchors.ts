/** The roots that a provider trusts above endorsements: the vendor's, and development roots that are marked as such. */
import type { TrustAnchor } from '@atesto/evidence/advanced';

/** The roots. `developmentRoots` are fingerprints: SHA-256 of the public key, hex. */
export function trustAnchorsOf(
  vendorRoots: readonly TrustAnchor[],
  developmentRoots: readonly string[],
): readonly TrustAnchor[] {
  const development = developmentRoots.map((fingerprint) => ({
    name: 'development root',
    spkiSha256: fingerprint.toLowerCase(),
    development: true,
  }));
  return [...vendorRoots, ...development];
}
