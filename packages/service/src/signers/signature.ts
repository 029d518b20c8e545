/**
 * Verifies that the holder of a certificate signed a JWS. The algorithm must fit the certificate's key, so that no public key is taken for a
 * secret (RFC 8725, section 3.1). Clients in the field write names of their own and encode ECDSA signatures as DER.
 */
import { constants, type KeyObject, verify, type X509Certificate } from 'node:crypto';
import { forbidsSignatures, isJsonObject, type JsonObject } from '@atesto/core';
import { refuse } from '../refuse.ts';
import { type CertificateChain, parseChain } from './certificates.ts';
import type { ParsedJws } from './jws.ts';

interface Algorithm {
  readonly keyType: 'rsa' | 'ec';
  readonly digest: 'sha256' | 'sha384' | 'sha512';
  /** RSASSA-PSS, with a salt as long as the digest (RFC 7518, section 3.5). */
  readonly isPss?: boolean;
  /** How an ECDSA signature is encoded; absent: either way. */
  readonly encoding?: 'der';
}

/**
 * RSA256 and ECDH256 are what .NET and Python write for PKCS#1 v1.5 and for ECDSA, both with SHA-256. EC is what C++ writes for ECDSA with
 * SHA-256, in DER (azure-sdk-for-cpp, opensslcert.hpp and opensslkeys.cpp). The JavaScript client writes ES256 whatever the curve, so the
 * curve is the certificate's.
 */
const algorithms = new Map<string, Algorithm>([
  ['RS256', { keyType: 'rsa', digest: 'sha256' }],
  ['RS384', { keyType: 'rsa', digest: 'sha384' }],
  ['RS512', { keyType: 'rsa', digest: 'sha512' }],
  ['PS256', { keyType: 'rsa', digest: 'sha256', isPss: true }],
  ['PS384', { keyType: 'rsa', digest: 'sha384', isPss: true }],
  ['PS512', { keyType: 'rsa', digest: 'sha512', isPss: true }],
  ['ES256', { keyType: 'ec', digest: 'sha256' }],
  ['ES384', { keyType: 'ec', digest: 'sha384' }],
  ['ES512', { keyType: 'ec', digest: 'sha512' }],
  ['RSA256', { keyType: 'rsa', digest: 'sha256' }],
  ['ECDH256', { keyType: 'ec', digest: 'sha256' }],
  ['EC', { keyType: 'ec', digest: 'sha256', encoding: 'der' }],
]);

/** The chain in the header: `x5c`, or where Python's client puts it, `jwk.x5c`. Refuses with `policy-signer-invalid`. */
export function signerChain({ header }: ParsedJws, where: string): CertificateChain {
  const { x5c, jwk } = header;
  const inner = isJsonObject(jwk) ? jwk.x5c : undefined;
  if (isJsonObject(jwk)) checkJwk(jwk, where);
  if (x5c !== undefined && inner !== undefined) {
    refuse('policy-signer-invalid', where, 'the header has two chains, x5c and jwk.x5c');
  }
  return parseChain(x5c ?? inner, where);
}

/** Checks what a JWK says of its purpose. Its `alg` is looked over: clients write ES256 whatever the curve. Refuses with `policy-signer-invalid`. */
export function checkJwk({ use = 'sig', key_ops: keyOps = ['verify'] }: JsonObject, where: string): void {
  if (forbidsSignatures({ use, key_ops: keyOps }, undefined, ['sign', 'verify'])) {
    refuse('policy-signer-invalid', where, 'its JWK says that it is not for signatures');
  }
}

/** Checks the signature. Refuses with `jws-algorithm-refused` and `jws-signature-invalid`. */
export function checkSignature(jws: ParsedJws, { publicKey }: Pick<X509Certificate, 'publicKey'>, where: string): void {
  const why = `it must be one of ${[...algorithms.keys()].join(', ')}`;
  const algorithm = algorithms.get(jws.algorithm) ?? refuse('jws-algorithm-refused', where, why);
  if (publicKey.asymmetricKeyType !== algorithm.keyType) {
    refuse('jws-algorithm-refused', where, 'it does not fit the key of the certificate');
  }
  const input = Buffer.from(jws.signingInput, 'latin1');
  const holds =
    algorithm.keyType === 'rsa'
      ? rsaHolds(algorithm, input, publicKey, jws.signature)
      : ecdsaHolds(algorithm, input, publicKey, jws.signature);
  if (!holds) refuse('jws-signature-invalid', where, 'the key of the certificate did not make the signature');
}

function rsaHolds({ digest, isPss }: Algorithm, input: Buffer, key: KeyObject, signature: Uint8Array): boolean {
  const padding = isPss
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { padding: constants.RSA_PKCS1_PADDING };
  return verify(digest, input, { key, ...padding }, signature);
}

/** JWS has r || s (RFC 7518, section 3.4); the clients for Python and C++ write DER. */
function ecdsaHolds({ digest, encoding }: Algorithm, input: Buffer, key: KeyObject, signature: Uint8Array): boolean {
  const encodings = encoding === undefined ? (['ieee-p1363', 'der'] as const) : [encoding];
  return encodings.some((dsaEncoding) => verify(digest, input, { key, dsaEncoding }, signature));
}
