/** Parses certificates (RFC 5280, section 4.1). Nothing in them is trusted until their chain is verified. */

import { createHash, type KeyObject } from 'node:crypto';
import { refuse } from '../outcome.ts';
import type { X509Code } from './codes.ts';
import { context, DerReader, tags } from './der.ts';
import { type Extensions, parseExtensions } from './extensions.ts';
import { importPublicKey } from './public-key.ts';
import { parseSignatureAlgorithm, type SignatureAlgorithm } from './signature.ts';

/** One parsed certificate of X.509 version 3. */
export interface Certificate {
  readonly der: Uint8Array;
  /** The signed part, DER. */
  readonly tbs: Uint8Array;
  /** Contents of the serial number's INTEGER, lower-case hex. */
  readonly serial: string;
  /** Names as DER: they compare byte by byte. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Attributes of the subject by dotted object identifier, in order. */
  readonly subjectAttributes: readonly (readonly [oid: string, value: string])[];
  /** Common name of the subject, for `where`; empty when it has none. */
  readonly commonName: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: KeyObject;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex: what a trust anchor pins. */
  readonly spkiSha256: string;
  readonly extensions: Extensions;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

const commonNameOid = '2.5.4.3';
const largestCertificate = 16 * 1024;

function refuseX509(code: X509Code, where: string, why: string): never {
  refuse(code, where, why);
}

function parseName(der: Uint8Array, where: string): (readonly [string, string])[] {
  const attributes: (readonly [string, string])[] = [];
  const names = new DerReader(der, where).enter(tags.sequence);
  while (!names.done) {
    const set = names.enter(tags.set);
    while (!set.done) {
      const attribute = set.enter(tags.sequence);
      const oid = attribute.oid();
      attributes.push([oid, Buffer.from(attribute.next().contents).toString('utf8')]);
      attribute.end();
    }
  }
  return attributes;
}

/** Whether `Version` is v3; the field holds nothing else. */
function isVersion3(contents: Uint8Array | undefined, where: string): boolean {
  if (contents === undefined) return false;
  const reader = new DerReader(contents, where);
  const version = reader.smallInteger();
  reader.end();
  return version === 2;
}

/** Parses one certificate, which must fill the bytes; refuses by throwing within this package. */
export function parseCertificate(der: Uint8Array, name = 'certificate'): Certificate {
  if (der.length > largestCertificate)
    refuseX509('certificate-malformed', name, 'the certificate is larger than 16 KiB');
  const outer = new DerReader(der, name);
  const certificate = outer.enter(tags.sequence);
  outer.end();
  const tbsElement = certificate.expect(tags.sequence);
  const algorithmElement = certificate.expect(tags.sequence);
  const signature = certificate.bitStringBytes();
  certificate.end();

  const tbs = new DerReader(tbsElement.contents, name);
  if (!isVersion3(tbs.optional(context(0))?.contents, name)) {
    refuseX509('certificate-malformed', name, 'the certificate is not of version 3');
  }
  const serial = Buffer.from(tbs.integerBytes()).toString('hex');
  if (Buffer.compare(tbs.expect(tags.sequence).whole, algorithmElement.whole) !== 0) {
    refuseX509('certificate-malformed', name, 'the two signature algorithms differ');
  }
  const issuer = tbs.expect(tags.sequence).whole;
  const validity = tbs.enter(tags.sequence);
  const notBefore = validity.time();
  const notAfter = validity.time();
  validity.end();
  const subject = tbs.expect(tags.sequence).whole;
  const spki = tbs.expect(tags.sequence).whole;
  const wrapped = tbs.expect(context(3));
  tbs.end();
  const extensionReader = new DerReader(wrapped.contents, name);
  const extensions = parseExtensions(extensionReader, name);
  extensionReader.end();
  const subjectAttributes = parseName(subject, name);
  return {
    der,
    tbs: tbsElement.whole,
    serial,
    issuer,
    subject,
    subjectAttributes,
    commonName: subjectAttributes.find(([oid]) => oid === commonNameOid)?.[1] ?? '',
    notBefore,
    notAfter,
    publicKey: importPublicKey(spki, name),
    spkiSha256: createHash('sha256').update(spki).digest('hex'),
    extensions,
    signatureAlgorithm: parseSignatureAlgorithm(algorithmElement, name),
    signature,
  };
}
