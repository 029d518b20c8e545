/** Signing keys: a private key, its self-signed certificate and the names under which it is published. */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import type { SigningAlgorithm } from './algorithm.ts';

/** The public members of a JSON Web Key (RFC 7517, RFC 7518 section 6). */
export type PublicKeyMembers =
  | { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  | { readonly kty: 'EC'; readonly crv: string; readonly x: string; readonly y: string };

/** The public part of a signing key. */
export interface PublishedKey {
  /** RFC 7638 SHA-256 thumbprint of the public key, base64url: the same key always has the same id. */
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** The provider URI: subject and issuer of the certificate are exactly `CN=<issuer>`. */
  readonly issuer: string;
  /** DER of the self-signed certificate. */
  readonly certificate: Uint8Array;
  readonly publicKey: PublicKeyMembers;
  /** Validity of the certificate, inclusive, in whole seconds. */
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A signing key whose private part is in memory. */
export interface SigningKey extends PublishedKey {
  readonly privateKey: KeyObject;
}

/** Signs bytes with the key's algorithm. Returns a JWS signature: ECDSA as r || s (RFC 7518, section 3.4). */
export type Sign = (bytes: Uint8Array) => Promise<Uint8Array>;

/** A signing key whose private part never leaves its holder, such as a hardware security module. */
export interface HeldSigningKey extends PublishedKey {
  /** Rejects when the holder is unreachable or does not sign. */
  readonly sign: Sign;
}

/** A signing key, in memory or held elsewhere. */
export type TokenSigningKey = SigningKey | HeldSigningKey;

/** The signing key of a private key and its certificate; the other members are read from the two. */
export function signingKeyOf(
  algorithm: SigningAlgorithm,
  issuer: string,
  privateKey: KeyObject,
  certificate: Uint8Array,
): SigningKey {
  return { ...publishedKeyOf(algorithm, issuer, certificate), privateKey };
}

/** The signing key of a holder's `sign` and its certificate; the other members are read from the certificate. */
export function heldSigningKeyOf(
  algorithm: SigningAlgorithm,
  issuer: string,
  sign: Sign,
  certificate: Uint8Array,
): HeldSigningKey {
  return { ...publishedKeyOf(algorithm, issuer, certificate), sign };
}

function publishedKeyOf(algorithm: SigningAlgorithm, issuer: string, certificate: Uint8Array): PublishedKey {
  const parsed = new X509Certificate(certificate);
  const publicKey = publicKeyMembers(parsed.publicKey);
  return {
    kid: thumbprint(publicKey),
    algorithm,
    issuer,
    certificate,
    publicKey,
    notBefore: new Date(parsed.validFrom),
    notAfter: new Date(parsed.validTo),
  };
}

/** The public members of a key. */
export function publicKeyMembers(key: KeyObject): PublicKeyMembers {
  const { kty, n, e, crv, x, y } = key.export({ format: 'jwk' });
  if (kty === 'RSA' && n !== undefined && e !== undefined) return { kty, n, e };
  if (kty === 'EC' && crv !== undefined && x !== undefined && y !== undefined) return { kty, crv, x, y };
  throw new TypeError(`a signing certificate holds a key of type ${kty}`);
}

/** RFC 7638 section 3: SHA-256 over the required members in lexicographic order, without white space. */
export function thumbprint(key: PublicKeyMembers): string {
  const members =
    key.kty === 'RSA' ? { e: key.e, kty: key.kty, n: key.n } : { crv: key.crv, kty: key.kty, x: key.x, y: key.y };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
