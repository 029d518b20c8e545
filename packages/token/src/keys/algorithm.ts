/** The algorithms that sign tokens, with their parameters for node:crypto and WebCrypto (RFC 7518, section 3). */
import { constants } from 'node:crypto';

/** A JWS algorithm that signs tokens. Only RS256 is verified by every official client. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384';

/** Every signing algorithm, the default first. */
export const signingAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'PS256', 'ES256', 'ES384'];

/** The parameters of one algorithm. */
export interface AlgorithmFacts {
  /** The key to generate: RSA with a modulus size in bits, or a curve. */
  readonly key: { readonly type: 'rsa'; readonly modulusBits: 2048 } | { readonly type: 'ec'; readonly curve: string };
  /** node:crypto digest. */
  readonly digest: 'sha256' | 'sha384';
  /** Options of `crypto.sign`: PSS with a salt as long as the digest; ECDSA as r || s (RFC 7518 section 3.4). */
  readonly signOptions: {
    readonly padding?: number;
    readonly saltLength?: number;
    readonly dsaEncoding?: 'ieee-p1363';
  };
  /** WebCrypto names for importing the key and for signing the certificate. */
  readonly importAlgorithm: RsaHashedImportParams | EcKeyImportParams;
  readonly certificateAlgorithm: Algorithm & { readonly hash: string; readonly saltLength?: number };
}

/** The facts of each algorithm. */
export const algorithmFacts: Readonly<Record<SigningAlgorithm, AlgorithmFacts>> = {
  RS256: {
    key: { type: 'rsa', modulusBits: 2048 },
    digest: 'sha256',
    signOptions: { padding: constants.RSA_PKCS1_PADDING },
    importAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    certificateAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  },
  PS256: {
    key: { type: 'rsa', modulusBits: 2048 },
    digest: 'sha256',
    signOptions: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    importAlgorithm: { name: 'RSA-PSS', hash: 'SHA-256' },
    certificateAlgorithm: { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 },
  },
  ES256: {
    key: { type: 'ec', curve: 'P-256' },
    digest: 'sha256',
    signOptions: { dsaEncoding: 'ieee-p1363' },
    importAlgorithm: { name: 'ECDSA', namedCurve: 'P-256' },
    certificateAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  },
  ES384: {
    key: { type: 'ec', curve: 'P-384' },
    digest: 'sha384',
    signOptions: { dsaEncoding: 'ieee-p1363' },
    importAlgorithm: { name: 'ECDSA', namedCurve: 'P-384' },
    certificateAlgorithm: { name: 'ECDSA', hash: 'SHA-384' },
  },
};

/** Whether a string names a signing algorithm. */
export function isSigningAlgorithm(name: string): name is SigningAlgorithm {
  return signingAlgorithms.some((algorithm) => algorithm === name);
}
