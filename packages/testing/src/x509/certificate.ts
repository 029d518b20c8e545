/** Issues certificates in which every field can be made wrong, so that a test can break exactly one thing. */
import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import {
  BasicConstraintsExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type Name,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { octetString, sequence, tagged } from './der.ts';
import { type KeyPair, rawPublicKey } from './keys.ts';
import { type SignatureScheme, signingAlgorithm, signingKey, verificationKey } from './signature.ts';

/** Key usages by the names of RFC 5280, section 4.2.1.3. */
export const keyUsages = {
  digitalSignature: KeyUsageFlags.digitalSignature,
  nonRepudiation: KeyUsageFlags.nonRepudiation,
  keyEncipherment: KeyUsageFlags.keyEncipherment,
  keyCertSign: KeyUsageFlags.keyCertSign,
  cRLSign: KeyUsageFlags.cRLSign,
} as const;
/** A bit of the extension `keyUsage` (RFC 5280, section 4.2.1.3). */
export type KeyUsage = keyof typeof keyUsages;

/** An extension beside the usual ones. */
export interface CertificateExtension {
  readonly oid: string;
  readonly critical: boolean;
  /** DER of the extension's value. */
  readonly value: Uint8Array;
}

/** A distinguished name, or its text like `CN=Foo, O=Bar`. */
export type DistinguishedName = Name | string;

/** The fields of a certificate. */
export interface CertificateFields {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Hex. Default: 20 random bytes, positive. */
  readonly serialNumber?: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The CA flag of the basic constraints; `absent` leaves the extension out. */
  readonly ca: boolean | 'absent';
  /** Path length of the basic constraints. Default: none. */
  readonly pathLength?: number | undefined;
  /** `absent` leaves the extension out. */
  readonly keyUsage: readonly KeyUsage[] | 'absent';
  /** Subject and authority key identifiers. Default: present. */
  readonly keyIdentifiers?: 'present' | 'absent';
  readonly extensions?: readonly CertificateExtension[];
  /** Where the issuer's CRL is said to be; default: nowhere. */
  readonly crlUrl?: string;
  /** The subject's key. */
  readonly key: KeyPair;
  /** The issuer's key. */
  readonly signWith: KeyPair;
  readonly scheme: SignatureScheme;
  /** Last change of the DER, after signing. */
  readonly mutate?: (der: Buffer) => Uint8Array;
}

/** What to set otherwise than a faultless vendor would. */
export type CertificateOverrides = Partial<CertificateFields>;

/** SHA-1 of the subject public key's bits, RFC 5280 section 4.2.1.2 (1). */
function keyIdentifier(keys: KeyPair): Buffer {
  const bits =
    keys.publicKey.asymmetricKeyType === 'ec'
      ? Buffer.concat([Buffer.of(0x04), rawPublicKey(keys)])
      : keys.publicKey.export({ type: 'pkcs1', format: 'der' });
  return createHash('sha1').update(bits).digest();
}

/** AuthorityKeyIdentifier with the key identifier alone. */
export function authorityKeyIdentifier(keys: KeyPair): Extension {
  return new Extension('2.5.29.35', false, Uint8Array.from(sequence(tagged(0x80, keyIdentifier(keys)))));
}

/** CRLDistributionPoints with one URI. */
function crlDistributionPoint(url: string): Extension {
  const point = sequence(tagged(0xa0, tagged(0xa0, tagged(0x86, Buffer.from(url, 'ascii')))));
  return new Extension('2.5.29.31', false, Uint8Array.from(sequence(point)));
}

function extensionsOf(fields: CertificateFields): Extension[] {
  const identified = fields.keyIdentifiers !== 'absent';
  const extensions: Extension[] = identified ? [authorityKeyIdentifier(fields.signWith)] : [];
  if (fields.crlUrl !== undefined) extensions.push(crlDistributionPoint(fields.crlUrl));
  if (identified) {
    extensions.push(new Extension('2.5.29.14', false, Uint8Array.from(octetString(keyIdentifier(fields.key)))));
  }
  if (fields.keyUsage !== 'absent') {
    const flags = fields.keyUsage.reduce((sum, usage) => sum | keyUsages[usage], 0);
    extensions.push(new KeyUsagesExtension(flags, true));
  }
  if (fields.ca !== 'absent') extensions.push(new BasicConstraintsExtension(fields.ca, fields.pathLength, true));
  for (const { oid, critical, value } of fields.extensions ?? []) {
    extensions.push(new Extension(oid, critical, Uint8Array.from(value)));
  }
  return extensions;
}

/** 20 random bytes in hex that read as a positive number without padding. */
function randomSerialNumber(): string {
  const bytes = randomBytes(20);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** Issues one certificate: DER. */
export async function issueCertificate(fields: CertificateFields): Promise<Uint8Array> {
  const certificate = await X509CertificateGenerator.create({
    serialNumber: fields.serialNumber ?? randomSerialNumber(),
    subject: fields.subject,
    issuer: fields.issuer,
    notBefore: fields.notBefore,
    notAfter: fields.notAfter,
    signingAlgorithm: signingAlgorithm(fields.scheme),
    publicKey: await verificationKey(fields.key),
    signingKey: await signingKey(fields.signWith, fields.scheme),
    extensions: extensionsOf(fields),
  });
  const der = Buffer.from(certificate.rawData);
  return fields.mutate?.(der) ?? der;
}

/** PEM, lines of 64 characters, with a final line end. */
export function toPem(der: Uint8Array, label = 'CERTIFICATE'): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
