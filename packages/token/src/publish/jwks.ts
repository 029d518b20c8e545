/** Builds the answer of `/certs`: the JSON Web Key Set (RFC 7517, section 5) of a provider. */
import type { SigningAlgorithm } from '../keys/algorithm.ts';
import type { PublicKeyMembers, PublishedKey } from '../keys/signing-key.ts';

/** One published key. Java's and Python's clients need `x5c`; JavaScript's needs `kid`. */
export type JsonWebKeyEntry = PublicKeyMembers & {
  /** The self-signed certificate alone, DER in base64 with padding (RFC 7517 section 4.7). */
  readonly x5c: readonly [string];
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: SigningAlgorithm;
};

/** A JSON Web Key Set. */
export interface JsonWebKeySet {
  readonly keys: readonly JsonWebKeyEntry[];
}

/** The public keys in the given order; by convention the current one is first. */
export function jwks(keys: readonly PublishedKey[]): JsonWebKeySet {
  return {
    keys: keys.map(({ certificate, kid, algorithm, publicKey }) => ({
      x5c: [Buffer.from(certificate).toString('base64')],
      kid,
      use: 'sig',
      alg: algorithm,
      ...publicKey,
    })),
  };
}
