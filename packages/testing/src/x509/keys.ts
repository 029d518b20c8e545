/** The throwaway keys of a simulated vendor, as node:crypto keys and in PEM. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from 'node:crypto';
import { promisify } from 'node:util';

/** A key pair of a simulated vendor or quoting enclave. */
export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The curves that Intel (P-256) and AMD (P-384) use. */
export type Curve = 'P-256' | 'P-384';

/** A new key on a curve. */
export function generateEcKeys(curve: Curve = 'P-256'): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: curve });
}

/** A new RSA key; 4096 bits take a second or more, in a thread of their own. */
export function generateRsaKeys(modulusBits: number): Promise<KeyPair> {
  return promisify(generateKeyPair)('rsa', { modulusLength: modulusBits });
}

/** PKCS #8 in PEM. */
export function exportPrivateKey(keys: KeyPair): string {
  return keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A key pair from PKCS #8 in PEM. */
export function importPrivateKey(pem: string): KeyPair {
  const privateKey = createPrivateKey(pem);
  return { privateKey, publicKey: createPublicKey(pem) };
}

/** ECDSA: r || s, big-endian, 64 bytes for P-256, 96 for P-384. */
export function signEcdsa(bytes: Uint8Array, keys: KeyPair, hash: 'sha256' | 'sha384' = 'sha256'): Buffer {
  return sign(hash, bytes, { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
}

/** The point x || y of a P-256 key, 64 bytes. */
export function rawPublicKey(keys: KeyPair): Buffer {
  const { x = '', y = '' } = keys.publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}
