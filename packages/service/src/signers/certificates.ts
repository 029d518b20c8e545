/** Whose certificate is it, and may it be a policy signer's? Chains are lists of standard base64 of DER, leaf first (RFC 7515, section 4.1.6). */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { refuseRequest } from '../http/refusal.ts';
import type { SignerCertificate } from '../storage/index.ts';

/** A chain with at least its leaf. */
export interface CertificateChain {
  readonly leaf: X509Certificate;
  /** Leaf first. */
  readonly certificates: readonly X509Certificate[];
}

const mostCertificates = 10;
const x5cForm = z.array(z.string().max(16_384)).min(1).max(mostCertificates);

/** Reads a chain without trusting it. `where` names it in refusals. Refuses with `policy-signer-invalid`. */
export function parseChain(x5c: unknown, where: string): CertificateChain {
  const texts = x5cForm.safeParse(x5c);
  if (!texts.success) return invalid(where, `x5c must be a list of 1 to ${mostCertificates} certificates in base64`);
  const certificates = texts.data.map((text) => certificateIn(text, where));
  const [leaf] = certificates;
  if (leaf === undefined) return invalid(where, 'it holds no certificate');
  if (!isStrong(leaf)) invalid(where, 'its key must be RSA of 2048 bits or more, or on P-256, P-384 or P-521');
  return { leaf, certificates };
}

/**
 * Checks that each certificate is in force at a time and signed by the one after it, and that the last is a CA. Refuses with
 * `policy-signer-invalid`.
 */
export function checkChain({ certificates }: CertificateChain, at: Date, where: string): void {
  for (const [index, certificate] of certificates.entries()) {
    if (at < certificate.validFromDate || at > certificate.validToDate) invalid(where, 'a certificate is not in force');
    const issuer = certificates[index + 1];
    if (issuer === undefined) continue;
    if (!issuer.ca || !certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) {
      invalid(where, 'a certificate is not signed by the one after it');
    }
  }
  if (certificates.at(-1)?.ca !== true) invalid(where, 'the last certificate is no CA');
}

/** The signer that a chain makes known. */
export function signerOf({ leaf, certificates }: CertificateChain): SignerCertificate {
  return { thumbprint: thumbprintOf(leaf), x5c: certificates.map(({ raw }) => raw.toString('base64')) };
}

/** SHA-1 of the DER in upper-case hex: it names a certificate on the wire and proves nothing. */
export function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint.replaceAll(':', '');
}

/** The signer whose leaf is this very certificate, byte by byte. */
export function findSigner(
  signers: readonly SignerCertificate[],
  leaf: X509Certificate,
): SignerCertificate | undefined {
  const base64 = leaf.raw.toString('base64');
  return signers.find(({ x5c }) => x5c[0] === base64);
}

function certificateIn(text: string, where: string): X509Certificate {
  try {
    const der = Buffer.from(text, 'base64');
    const certificate = new X509Certificate(der);
    // The parser passes over bytes after the certificate, and reads the key only when it is asked for.
    if (certificate.raw.equals(der) && certificate.publicKey.type === 'public') return certificate;
  } catch {
    // The parser's own words could quote the input.
  }
  return invalid(where, 'it is no certificate in base64 of DER');
}

const curves = new Set<string | undefined>(['prime256v1', 'secp384r1', 'secp521r1']);

function isStrong({ publicKey }: X509Certificate): boolean {
  const { modulusLength = 0, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return publicKey.asymmetricKeyType === 'rsa' ? modulusLength >= 2048 : curves.has(namedCurve);
}

function invalid(where: string, why: string): never {
  return refuseRequest('policy-signer-invalid', where, why);
}
