/**
 * Every root of trust that the code pins: owner, source, fingerprint, expiry. A root is trusted for its public key
 * (SHA-256 of its SubjectPublicKeyInfo), never for what evidence carries.
 */

/** A root that chains may end in. */
export interface TrustAnchor {
  /** What to call it in results and logs. */
  readonly name: string;
  /** SHA-256 of the root's SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  /** True for a test or simulator root: results under it say so. */
  readonly development: boolean;
}

/** The roots in a list of their own that nobody can change: whoever has the list could else add to what everyone trusts by default. */
export function frozenAnchors(anchors: readonly TrustAnchor[]): readonly TrustAnchor[] {
  return Object.freeze(anchors.map((anchor) => Object.freeze({ ...anchor })));
}

/** Intel SGX Root CA: endorses SGX and TDX. Source: Intel, "SGX Root CA certificate" of the Provisioning Certification Service. */
export const intelRoots: readonly TrustAnchor[] = frozenAnchors([
  {
    name: 'Intel SGX Root CA',
    spkiSha256: 'a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e', // expires 2049-12-31
    development: false,
  },
]);

/** AMD root keys, one a product. Source: AMD key distribution service, `/vcek/v1/{product}/cert_chain`. */
export const amdRoots: readonly TrustAnchor[] = frozenAnchors([
  {
    name: 'ARK-Milan',
    spkiSha256: '9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9', // expires 2045-10-22
    development: false,
  },
  {
    name: 'ARK-Genoa',
    spkiSha256: '429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831', // expires 2047-01-26
    development: false,
  },
  {
    name: 'ARK-Turin',
    spkiSha256: '4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08', // expires 2048-05-15
    development: false,
  },
]);
