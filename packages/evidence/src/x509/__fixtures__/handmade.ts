/** Certificates of version 3 that are put together field by field, so that one field alone is wrong. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** One DER element. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  const long =
    body.length < 0x100 ? Buffer.of(0x81, body.length) : Buffer.of(0x82, body.length >> 8, body.length & 0xff);
  return Buffer.concat([Buffer.of(tag), body.length < 0x80 ? Buffer.of(body.length) : long, body]);
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer => element(0x30, ...contents);
export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const ecdsaSha256 = sequence(hex('06082a8648ce3d040302'));
const rsaSha256 = sequence(hex('06092a864886f70d01010b 0500'));

/** A name with a common name alone. */
export function nameOf(commonName: string): Buffer {
  return sequence(element(0x31, sequence(hex('0603550403'), element(0x0c, Buffer.from(commonName)))));
}

/** An extension by the hex of its identifier's contents. */
export function extension(oid: string, critical: boolean, value: Uint8Array): Buffer {
  return sequence(element(0x06, hex(oid)), ...(critical ? [hex('0101ff')] : []), element(0x04, value));
}

/** BasicConstraints. */
export function authority(pathLength?: number): Buffer {
  const length = pathLength === undefined ? [] : [hex(`0201${pathLength.toString(16).padStart(2, '0')}`)];
  return extension('551d13', true, sequence(hex('0101ff'), ...length));
}

/** KeyUsage; `bits` is the octet of the bit string, digitalSignature first. */
export function keyUsage(bits: number): Buffer {
  return extension('551d0f', true, Buffer.of(0x03, 0x02, 0x00, bits));
}

/** A pair of keys. */
export interface Keys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** New keys on a curve. */
export const keysOn = (namedCurve: string): Keys => generateKeyPairSync('ec', { namedCurve });

/** What may be other than in a certificate for P-256 keys that is valid from 2025 to 2029 and has no extension but the given ones. */
export interface HandmadeParts {
  readonly version?: Uint8Array;
  readonly issuer?: string;
  readonly validity?: Uint8Array;
  readonly spki?: Uint8Array;
  readonly extensions?: readonly Uint8Array[];
  readonly algorithm?: Uint8Array;
}

/** A certificate in DER, signed by a key. */
export function handmade(subject: string, keys: Keys, signer: KeyObject, parts: HandmadeParts = {}): Buffer {
  const time = (text: string): Buffer => element(0x17, Buffer.from(text));
  const algorithm = parts.algorithm ?? (signer.asymmetricKeyType === 'rsa' ? rsaSha256 : ecdsaSha256);
  const tbs = sequence(
    element(0xa0, parts.version ?? hex('020102')),
    hex('020101'),
    algorithm,
    nameOf(parts.issuer ?? subject),
    parts.validity ?? sequence(time('250101000000Z'), time('290101000000Z')),
    nameOf(subject),
    parts.spki ?? keys.publicKey.export({ format: 'der', type: 'spki' }),
    element(0xa3, sequence(...(parts.extensions ?? [authority()]))),
  );
  return sequence(tbs, algorithm, element(0x03, Buffer.of(0), sign('sha256', tbs, signer)));
}

/** SubjectPublicKeyInfo of RSA with any exponent. */
export function rsaSpki({ publicKey }: Keys, exponent: Uint8Array): Buffer {
  const { n = '' } = publicKey.export({ format: 'jwk' });
  const key = sequence(element(0x02, Buffer.of(0), Buffer.from(n, 'base64url')), element(0x02, exponent));
  return sequence(sequence(hex('06092a864886f70d010101 0500')), element(0x03, Buffer.of(0), key));
}

/** The PKCS#1 v1.5 encoding of a message's SHA-256 (RFC 8017, section 9.2): its own signature under exponent 1. */
export function encodedMessage(message: Uint8Array, sizeBytes: number): Buffer {
  const info = Buffer.concat([
    hex('3031300d060960864801650304020105000420'),
    createHash('sha256').update(message).digest(),
  ]);
  const padding = Buffer.alloc(sizeBytes - info.length - 3, 0xff);
  return Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), info]);
}
