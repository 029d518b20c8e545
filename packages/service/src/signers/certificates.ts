/** Reads and checks certificate chains of policy signers. Chains are lists of standard base64 of DER, leaf first (RFC 7515, section 4.1.6). */
import { X509Certificate } from 'node:crypto';
import { checkSignerChain, checkSignerLinks, parseSignerChain, type SignerChain } from '@atesto/evidence/advanced';
import type { SignerCertificate } from '@atesto/store';
import { z } from 'zod';
import { refuse } from '../refuse.ts';

/** A chain with at least its leaf. */
export interface CertificateChain {
  readonly leaf: X509Certificate;
  /** Leaf first. */
  readonly certificates: readonly X509Certificate[];
  /** The same, as the one chain checker takes it. */
  readonly unproven: SignerChain;
}

const mostCertificates = 10;
const x5cForm = z.array(z.string().max(16_384)).min(1).max(mostCertificates);

/** Reads a chain without trusting it. `where` names it in refusals. Refuses with `policy-signer-invalid`. */
export function parseChain(x5c: unknown, where: string): CertificateChain {
  const read = readChain(x5c);
  return read.ok ? read.chain : invalid(where, read.why);
}

/**
 * The chain of a signer that a provider has; undefined: it was accepted once and is not any more, whatever the time, because rules became
 * stricter. It then counts for nothing.
 */
export function knownChain({ x5c }: SignerCertificate): CertificateChain | undefined {
  const read = readChain(x5c);
  return read.ok && checkSignerChain(read.chain.unproven, 'any').ok ? read.chain : undefined;
}

type ReadChain = { readonly ok: true; readonly chain: CertificateChain } | { readonly ok: false; readonly why: string };

function readChain(x5c: unknown): ReadChain {
  const texts = x5cForm.safeParse(x5c);
  if (!texts.success)
    return { ok: false, why: `x5c must be a list of 1 to ${mostCertificates} certificates in base64` };
  const ders = texts.data.map((text) => Buffer.from(text, 'base64'));
  const unproven = parseSignerChain(ders);
  if (!unproven.ok) return { ok: false, why: `${unproven.refusal.where}: ${unproven.refusal.why}` };
  const certificates = ders.flatMap(certificateIn);
  const [leaf] = certificates;
  return leaf === undefined || certificates.length < ders.length
    ? { ok: false, why: 'it is no certificate in base64 of DER' }
    : { ok: true, chain: { leaf, certificates, unproven: unproven.value } };
}

/** Checks a chain as `checkSignerChain` does, at a time. Refuses with `policy-signer-invalid`. */
export function checkChain({ unproven }: CertificateChain, at: Date, where: string): void {
  const checked = checkSignerChain(unproven, at);
  if (!checked.ok) invalid(where, `${checked.refusal.where}: ${checked.refusal.why}`);
}

/** Checks that each certificate of a chain was issued by the next one. Refuses with `policy-signer-invalid`. */
export function checkLinks({ unproven }: CertificateChain, where: string): void {
  const checked = checkSignerLinks(unproven);
  if (!checked.ok) invalid(where, `${checked.refusal.where}: ${checked.refusal.why}`);
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

/** As the platform reads it, which is stricter in places; none: it cannot. */
function certificateIn(der: Buffer): X509Certificate[] {
  try {
    const certificate = new X509Certificate(der);
    return certificate.publicKey.type === 'public' ? [certificate] : [];
  } catch {
    // The parser's own words could quote the input.
    return [];
  }
}

function invalid(where: string, why: string): never {
  return refuse('policy-signer-invalid', where, why);
}
