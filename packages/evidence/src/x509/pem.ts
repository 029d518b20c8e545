/** Parses and writes certificates in PEM. Source: RFC 7468, sections 2 and 5. */
import { refuse } from '../outcome.ts';
import { type Certificate, parseCertificate } from './certificate.ts';

const largestText = 64 * 1024;
const block = /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----$/;

/** The DER of each certificate of a PEM text, which may contain only certificates and white space. */
export function parsePem(text: string, name: string): Uint8Array[] {
  if (text.length > largestText) return refuse('pem-malformed', name, 'the text is larger than 64 KiB');
  const parts = text
    .replaceAll('\r', '')
    .split(/(?<=-----END CERTIFICATE-----)/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) return refuse('pem-malformed', name, 'the text contains no certificate');
  return parts.map((part) => {
    const base64 = block.exec(part)?.[1]?.replaceAll('\n', '');
    const der = base64 === undefined ? undefined : Buffer.from(base64, 'base64');
    if (der === undefined || der.toString('base64').replaceAll('=', '') !== base64?.replaceAll('=', '')) {
      return refuse('pem-malformed', name, 'the text contains something other than PEM certificates');
    }
    return new Uint8Array(der);
  });
}

/** Parses a chain in PEM, leaf first. */
export function parsePemChain(text: string, name: string): Certificate[] {
  return parsePem(text, name).map((der, index) => parseCertificate(der, `${name}[${index}]`));
}

/** PEM of one certificate. */
export function encodePem({ der }: Pick<Certificate, 'der'>): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
