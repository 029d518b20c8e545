/** Writes policy signers as JSON Web Keys (RFC 7517), in key sets and in `x-ms-policy-signer`. */
import type { X509Certificate } from 'node:crypto';
import type { JsonObject } from '@atesto/token';
import type { CertificateChain } from './certificates.ts';

const ecAlgorithms = new Map<string | undefined, string>([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);

/** The key of a chain: `alg`, `kty`, `use`, and the chain as `x5c`. */
export function signerJwk({ leaf, certificates }: CertificateChain): JsonObject {
  const x5c = certificates.map(({ raw }) => raw.toString('base64'));
  return { alg: algorithmOf(leaf), kty: isRsa(leaf) ? 'RSA' : 'EC', use: 'sig', x5c };
}

function algorithmOf(leaf: X509Certificate): string {
  const { namedCurve } = leaf.publicKey.asymmetricKeyDetails ?? {};
  return isRsa(leaf) ? 'RS256' : (ecAlgorithms.get(namedCurve) ?? 'ES256');
}

function isRsa({ publicKey }: X509Certificate): boolean {
  return publicKey.asymmetricKeyType === 'rsa';
}
