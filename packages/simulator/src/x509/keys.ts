/** The throw-away keys of a simulated vendor, as node:crypto keys and in PEM. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

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

/** PKCS #8 in PEM. */
export function exportPrivateKey(keys: KeyPair): string {
  return keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A key pair from PKCS #8 in PEM. */
export function importPrivateKey(pem: string): KeyPair {
  const privateKey = createPrivateKey(pem);
  return { privateKey, publicKey: createPublicKey(pem) };
}

/** ECDSA with SHA-256: r || s, big-endian, 64 bytes for P-256. */
export function signEcdsa(bytes: Uint8Array, keys: KeyPair, hash = 'sha256'): Buffer {
  return sign(hash, bytes, { key: keys.privateKey, dsaEncoding: 'ieee-p1363' });
}

/** The point x || y of a P-256 key, 64 bytes. */
export function rawPublicKey(keys: KeyPair): Buffer {
  const { x = '', y = '' } = keys.publicKey.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}
