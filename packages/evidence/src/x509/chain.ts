/**
 * Verifies certificate chains up to a trusted root. Source: RFC 5280, section 6, for the short chains of vendors.
 * What does not depend on time is verified once ({@link verifyChain}); validity is checked at each appraisal ({@link checkValidity}).
 */
import { refuse } from '../outcome.ts';
import type { TrustAnchor } from '../roots.ts';
import type { Certificate } from './certificate.ts';
import type { X509Code } from './codes.ts';
import { allowsUsage, basicConstraints, checkChainExtensions, extensionOids } from './extensions.ts';
import { signatureHolds } from './signature.ts';

/** A chain whose signatures, names and constraints are verified up to a trusted root. Its dates are not checked. */
export interface VerifiedChain {
  /** Leaf first, root last. */
  readonly certificates: readonly Certificate[];
  readonly leaf: Certificate;
  /** The certificate that issued the leaf. */
  readonly issuer: Certificate;
  readonly root: Certificate;
  readonly anchor: TrustAnchor;
}

/** Requirements of a chain. */
export interface ChainRequirements {
  /** Number of certificates, root included. */
  readonly length: number;
  readonly anchors: readonly TrustAnchor[];
  /** Critical extensions of the leaf that the caller checks itself. */
  readonly leafExtensions?: readonly string[];
}

const understood: readonly string[] = [
  extensionOids.basicConstraints,
  extensionOids.keyUsage,
  extensionOids.extendedKeyUsage,
  extensionOids.subjectAltName,
];

function refuseChain(code: X509Code, certificate: Certificate, why: string): never {
  refuse(code, certificate.commonName, why);
}

function checkIssued(child: Certificate, issuer: Certificate, authoritiesBelow: number): void {
  const { ca, pathLength } = basicConstraints(issuer.extensions, issuer.commonName);
  if (!ca)
    refuseChain('chain-not-a-ca', issuer, 'the certificate issued another one but is not a certification authority');
  if (pathLength !== undefined && authoritiesBelow > pathLength) {
    refuseChain('chain-path-length', issuer, `${authoritiesBelow} authorities follow, ${pathLength} are allowed`);
  }
  if (!allowsUsage(issuer.extensions, 'keyCertSign', issuer.commonName)) {
    refuseChain('chain-key-usage', issuer, 'the key usage does not allow signing certificates');
  }
  if (Buffer.compare(child.issuer, issuer.subject) !== 0) {
    refuseChain('chain-name', child, `the certificate was not issued in the name of ${issuer.commonName}`);
  }
  if (!signatureHolds(child.signatureAlgorithm, issuer.publicKey, child.tbs, child.signature)) {
    refuseChain('chain-signature', child, `the certificate was not signed by ${issuer.commonName}`);
  }
}

/** Verifies a chain, leaf first; the root must be the one that an anchor pins, and self-signed. */
export function verifyChain(certificates: readonly Certificate[], requirements: ChainRequirements): VerifiedChain {
  const [leaf, issuer] = certificates;
  const root = certificates.at(-1);
  if (leaf === undefined || issuer === undefined || root === undefined || certificates.length !== requirements.length) {
    return refuse(
      'chain-length',
      leaf?.commonName ?? 'chain',
      `${certificates.length} certificates, ${requirements.length} are needed`,
    );
  }
  const anchor = requirements.anchors.find(({ spkiSha256 }) => spkiSha256 === root.spkiSha256);
  if (anchor === undefined) {
    return refuseChain('chain-root-untrusted', root, `the root's public key ${root.spkiSha256} is not a trust anchor`);
  }
  certificates.forEach((certificate, index) => {
    const extra = index === 0 ? (requirements.leafExtensions ?? []) : [];
    checkChainExtensions(certificate.extensions, [...understood, ...extra], certificate.commonName);
    const next = certificates[index + 1];
    if (next !== undefined) checkIssued(certificate, next, index);
  });
  checkIssued(root, root, certificates.length - 2);
  return { certificates, leaf, issuer, root, anchor };
}

/**
 * Checks that each certificate was issued by the next, up to a self-signed root or not, without trusting any: the caller
 * pins an authority of the chain itself.
 */
export function checkChainLinks(certificates: readonly Certificate[]): void {
  certificates.forEach((certificate, index) => {
    checkChainExtensions(certificate.extensions, understood, certificate.commonName);
    const next = certificates[index + 1];
    if (next !== undefined) checkIssued(certificate, next, index);
  });
}

/** Checks one certificate's dates, both inclusive. `at`: milliseconds since 1970; NaN is refused. */
export function checkValidity(certificate: Certificate, at: number): void {
  if (!(at >= certificate.notBefore)) {
    refuseChain(
      'chain-not-yet-valid',
      certificate,
      `the certificate is valid from ${new Date(certificate.notBefore).toISOString()}`,
    );
  }
  if (!(at <= certificate.notAfter)) {
    refuseChain(
      'chain-expired',
      certificate,
      `the certificate was valid until ${new Date(certificate.notAfter).toISOString()}`,
    );
  }
}

/** Checks the dates of every certificate of a chain. */
export function checkChainValidity(chain: VerifiedChain, at: number): void {
  for (const certificate of chain.certificates) checkValidity(certificate, at);
}
