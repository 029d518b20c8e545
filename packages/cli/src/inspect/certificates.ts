/** Looks into certificates: PEM, one or a chain, or DER. */
import { createHash, X509Certificate } from 'node:crypto';
import type { Facts, Inspector } from './inspection.ts';

const pemForm = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const derSequence = [0x30, 0x82];

/** The certificates of a PEM text, in its order; one that cannot be read is `{ malformed: true }`. */
export function certificateFacts(pem: string): Facts[] {
  return (pem.match(pemForm) ?? []).map((one) => factsIn(one) ?? { malformed: true });
}

/** Undefined when it cannot be read: node:crypto throws for faults of PEM, of DER and of the key, the last only when it is asked for. */
function factsIn(certificate: string | Uint8Array): Facts | undefined {
  try {
    return factsOf(new X509Certificate(certificate));
  } catch {
    return undefined;
  }
}

function factsOf(certificate: X509Certificate): Facts {
  const { publicKey } = certificate;
  const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serialNumber: certificate.serialNumber.toLowerCase(),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    key: namedCurve ?? `${publicKey.asymmetricKeyType} ${modulusLength ?? ''}`.trim(),
    keyFingerprint: createHash('sha256').update(spki).digest('hex'),
  };
}

/** node:crypto writes each part of a name on its own line; an empty name is undefined. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

/** Undefined when one of them cannot be read, or when there is none. */
function readAll(bytes: Uint8Array): Facts[] | undefined {
  const isDer = bytes[0] === derSequence[0];
  const each = isDer ? [bytes] : (Buffer.from(bytes).toString('latin1').match(pemForm) ?? []);
  const read = each.map(factsIn).filter((facts) => facts !== undefined);
  return read.length === 0 || read.length < each.length ? undefined : read;
}

/** One or more certificates, in PEM or DER. */
export const certificates: Inspector = {
  recognises: (bytes) =>
    derSequence.every((byte, index) => bytes[index] === byte) ||
    Buffer.from(bytes).toString('latin1').trimStart().startsWith('-----BEGIN CERTIFICATE-----'),
  inspect: (bytes) => {
    const found = { kind: 'certificates', title: 'Certificates' };
    const all = readAll(bytes);
    const refusal = { code: 'certificate-malformed', where: 'certificate', why: 'it cannot be read' };
    return all === undefined ? { ok: false, ...found, refusal } : { ok: true, ...found, facts: { certificates: all } };
  },
};
