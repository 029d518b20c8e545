/** Reads the certificates and revocation lists in a file of AMD's, PEM or DER, by content. Unverified: it only helps to choose among files. */

import { X509Certificate } from 'node:crypto';
import { type EndorsementRefusal, endorsementRefused } from '../refusal.ts';

/** One certificate. */
export interface AmdCertificateFile {
  /** `ARK-Milan`, `SEV-Milan` (the ASK), `SEV-VLEK-Milan` (the ASVK), `SEV-VCEK`. */
  readonly commonName: string;
  readonly der: Buffer;
  readonly pem: string;
}

/** What one file holds. */
export interface AmdFileContents {
  readonly certificates: readonly AmdCertificateFile[];
  /** DER. */
  readonly revocationLists: readonly Buffer[];
}

const block = /-----BEGIN (CERTIFICATE|X509 CRL)-----([A-Za-z0-9+/=\s]+)-----END \1-----/g;

function certificateOf(der: Buffer): AmdCertificateFile | undefined {
  try {
    const certificate = new X509Certificate(der);
    const commonName = /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? '';
    return { commonName, der: certificate.raw, pem: certificate.toString() };
  } catch {
    return undefined;
  }
}

/** DER of what stands in PEM; undefined when anything else stands between. */
function derOfPem(text: string): Buffer[] | undefined {
  if (text.replaceAll(block, '').trim() !== '') return undefined;
  return [...text.matchAll(block)].map(([, , base64 = '']) => Buffer.from(base64, 'base64'));
}

/** Reads one file. */
export function amdFileContents(
  bytes: Buffer,
):
  | { readonly ok: true; readonly value: AmdFileContents }
  | { readonly ok: false; readonly refusal: EndorsementRefusal } {
  const isPem = bytes.subarray(0, 64).toString('latin1').trimStart().startsWith('-----BEGIN ');
  const items = isPem ? derOfPem(bytes.toString('latin1')) : [bytes];
  const certificates: AmdCertificateFile[] = [];
  const revocationLists: Buffer[] = [];
  for (const der of items ?? []) {
    const certificate = certificateOf(der);
    if (certificate !== undefined) certificates.push(certificate);
    // A SEQUENCE that names one of AMD's roots, and is no certificate.
    else if (der[0] === 0x30 && der.includes('ARK-')) revocationLists.push(der);
    else return malformed();
  }
  return items === undefined || items.length === 0
    ? malformed()
    : { ok: true, value: { certificates, revocationLists } };
}

function malformed(): { readonly ok: false; readonly refusal: EndorsementRefusal } {
  const why = 'the file holds something other than certificates and revocation lists of AMD';
  return { ok: false, refusal: endorsementRefused('bundle-malformed', '', why).refusal };
}
