/** Certificates of policy signers, as requests carry them. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { misuse } from '../options.ts';

/** What a key is to JWS (RFC 7518): its type, the algorithm that it signs with, and that algorithm's digest. */
export interface KeyKind {
  readonly kty: 'RSA' | 'EC';
  readonly alg: string;
  readonly digest: string;
}

/** The first certificate of a PEM text. Throws `ConfigurationError`. @param what names it in a failure */
export function leafOf(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    return misuse('signer', `${what} in PEM`);
  }
}

/** The certificates of a PEM text as JWS headers have them: base64 of the DER, leaf first. Throws `ConfigurationError`. */
export function chainOf(pem: string, what: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => leafOf(block, what).raw.toString('base64'));
}

/** A certificate chain (PEM) as JSON Web Key: what names a policy signer. Throws `ConfigurationError`. */
export function signerKey(pem: string): { kty: string; alg: string; use: 'sig'; x5c: string[] } {
  const { kty, alg } = kindOf(leafOf(pem, 'the certificate').publicKey);
  return { kty, alg, use: 'sig', x5c: chainOf(pem, 'the certificate') };
}

const curves: Readonly<Record<string, { alg: string; digest: string }>> = {
  prime256v1: { alg: 'ES256', digest: 'sha256' },
  secp384r1: { alg: 'ES384', digest: 'sha384' },
  secp521r1: { alg: 'ES512', digest: 'sha512' },
};

/** The kind of a public key. Throws `ConfigurationError` for one that signs no policies. */
export function kindOf(key: KeyObject): KeyKind {
  if (key.asymmetricKeyType === 'rsa') return { kty: 'RSA', alg: 'RS256', digest: 'sha256' };
  const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (curve !== undefined) return { kty: 'EC', ...curve };
  return misuse('signer', 'an RSA key, or one on P-256, P-384 or P-521');
}
