/** How each signing algorithm is asked of a PKCS#11 token. Source: PKCS#11 2.40, mechanisms, sections 2.1 and 2.3. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import type { SigningAlgorithm } from '@atesto/token';
import type * as Pkcs11 from 'pkcs11js';

type Library = typeof Pkcs11;

/** DER of the curves' object identifiers: P-256 and P-384. */
const curves = {
  ES256: { name: 'P-256', parameters: Buffer.from('06082a8648ce3d030107', 'hex'), coordinateBytes: 32 },
  ES384: { name: 'P-384', parameters: Buffer.from('06052b81040022', 'hex'), coordinateBytes: 48 },
} as const;
const modulusBits = 2048;
const publicExponent = Buffer.from('010001', 'hex');
/** The DER header of a P-384 point takes two bytes, as that of a P-256 point does. */
const pointHeaderBytes = 3;

/** What makes a key pair: the mechanism and what distinguishes the public key. */
export function generation(
  library: Library,
  algorithm: SigningAlgorithm,
): { readonly mechanism: Pkcs11.Mechanism; readonly publicTemplate: Pkcs11.Template } {
  if (algorithm === 'ES256' || algorithm === 'ES384') {
    return {
      mechanism: { mechanism: library.CKM_EC_KEY_PAIR_GEN },
      publicTemplate: [{ type: library.CKA_EC_PARAMS, value: curves[algorithm].parameters }],
    };
  }
  return {
    mechanism: { mechanism: library.CKM_RSA_PKCS_KEY_PAIR_GEN },
    publicTemplate: [
      { type: library.CKA_MODULUS_BITS, value: modulusBits },
      { type: library.CKA_PUBLIC_EXPONENT, value: publicExponent },
    ],
  };
}

/** The attributes that {@link publicKeyOf} reads, in its order. */
export function publicAttributes(library: Library, algorithm: SigningAlgorithm): Pkcs11.Template {
  return algorithm === 'ES256' || algorithm === 'ES384'
    ? [{ type: library.CKA_EC_POINT }]
    : [{ type: library.CKA_MODULUS }, { type: library.CKA_PUBLIC_EXPONENT }];
}

/** The public key of its attributes: an EC point as OCTET STRING, or modulus and exponent, big-endian. */
export function publicKeyOf(algorithm: SigningAlgorithm, values: readonly Buffer[]): KeyObject {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = values;
  if (algorithm === 'ES256' || algorithm === 'ES384') {
    const { name, coordinateBytes } = curves[algorithm];
    const point = first.subarray(pointHeaderBytes);
    const [x, y] = [point.subarray(0, coordinateBytes), point.subarray(coordinateBytes)];
    const key = { kty: 'EC', crv: name, x: x.toString('base64url'), y: y.toString('base64url') };
    return createPublicKey({ format: 'jwk', key });
  }
  const key = { kty: 'RSA', n: first.toString('base64url'), e: second.toString('base64url') };
  return createPublicKey({ format: 'jwk', key });
}

/** What the token is asked to sign, how, and how long the signature may be. */
export interface SigningRequest {
  readonly mechanism: Pkcs11.Mechanism;
  readonly input: Buffer;
  /** Bytes. */
  readonly longest: number;
}

/** Signs `bytes` under the algorithm; PKCS#11 gives ECDSA signatures as r || s, as JWS wants them. */
export function signing(library: Library, algorithm: SigningAlgorithm, bytes: Uint8Array): SigningRequest {
  switch (algorithm) {
    case 'RS256':
      return rsa({ mechanism: library.CKM_SHA256_RSA_PKCS }, bytes);
    case 'PS256':
      return rsa({ mechanism: library.CKM_SHA256_RSA_PKCS_PSS, parameter: pssParameter(library) }, bytes);
    // Not every token hashes for ECDSA (SoftHSM does not), so the digest is made here.
    case 'ES256':
      return ecdsa(library, createHash('sha256').update(bytes).digest(), 64);
    case 'ES384':
      return ecdsa(library, createHash('sha384').update(bytes).digest(), 96);
  }
}

function rsa(mechanism: Pkcs11.Mechanism, bytes: Uint8Array): SigningRequest {
  return { mechanism, input: Buffer.from(bytes), longest: modulusBits / 8 };
}

function ecdsa(library: Library, digest: Buffer, longest: number): SigningRequest {
  return { mechanism: { mechanism: library.CKM_ECDSA }, input: digest, longest };
}

function pssParameter(library: Library): Pkcs11.RsaPSS {
  const { CK_PARAMS_RSA_PSS: type, CKM_SHA256: hashAlg, CKG_MGF1_SHA256: mgf } = library;
  return { type, hashAlg, mgf, saltLen: 32 };
}
