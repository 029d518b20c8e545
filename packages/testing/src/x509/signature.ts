/** The signature schemes of the vendors' certificates, as WebCrypto names them. */
import type { KeyPair } from './keys.ts';

type Hash = 'SHA-256' | 'SHA-384' | 'SHA-512';
type NamedCurve = 'P-256' | 'P-384' | 'P-521';

/** How an issuer signs: ECDSA (Intel), or RSASSA-PSS with a salt as long as the hash (AMD). */
export interface SignatureScheme {
  readonly name: 'ECDSA' | 'RSA-PSS' | 'RSASSA-PKCS1-v1_5';
  readonly hash: Hash;
}

const saltBytes = { 'SHA-256': 32, 'SHA-384': 48, 'SHA-512': 64 } as const;
const curves = new Map<string | undefined, NamedCurve>([
  ['prime256v1', 'P-256'],
  ['secp384r1', 'P-384'],
  ['secp521r1', 'P-521'],
]);

/** The algorithm as the certificate generator takes it. */
export function signingAlgorithm({ name, hash }: SignatureScheme) {
  return name === 'RSA-PSS' ? { name, hash, saltLength: saltBytes[hash] } : { name, hash };
}

function importAlgorithm(keys: KeyPair, scheme: SignatureScheme | undefined) {
  const { asymmetricKeyType, asymmetricKeyDetails } = keys.publicKey;
  if (asymmetricKeyType !== 'ec') {
    return { name: scheme?.name === 'RSA-PSS' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5', hash: scheme?.hash ?? 'SHA-256' };
  }
  const namedCurve = curves.get(asymmetricKeyDetails?.namedCurve);
  if (namedCurve === undefined) throw new RangeError('only keys on P-256, P-384 and P-521 are known');
  return { name: 'ECDSA', namedCurve };
}

/** The private key for the certificate generator. */
export function signingKey(keys: KeyPair, scheme: SignatureScheme): Promise<CryptoKey> {
  const pkcs8 = Uint8Array.from(keys.privateKey.export({ type: 'pkcs8', format: 'der' }));
  return crypto.subtle.importKey('pkcs8', pkcs8, importAlgorithm(keys, scheme), true, ['sign']);
}

/** The public key for the certificate generator. */
export function verificationKey(keys: KeyPair): Promise<CryptoKey> {
  const spki = Uint8Array.from(keys.publicKey.export({ type: 'spki', format: 'der' }));
  return crypto.subtle.importKey('spki', spki, importAlgorithm(keys, undefined), true, ['verify']);
}
