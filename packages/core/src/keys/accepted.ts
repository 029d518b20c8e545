/**
 * Decides which public keys are accepted for which use; the whole project uses this list. RSA keys have 2048 bits or more, in whole bytes,
 * and an odd exponent of at least 3: with exponent 1 a signature equals its message, so anybody can make one. Sources: NIST SP 800-131A
 * rev. 2, tables 2 and 5; RFC 8017, section 3.1 (the exponent); TCG, TPM 2.0 Part 2, TPMS_RSA_PARMS (an exponent of 32 bits).
 */

/** What a key is used for. */
export type KeyUse =
  /** Certificates in the chain of a vendor, a policy signer or a utility VM signer. */
  | 'certificate'
  /** TPM keys that sign quotes or to which a reply is sealed. */
  | 'tpm'
  /** Keys that sign attestation tokens. */
  | 'token'
  /** Keys of an OpenID issuer that sign access tokens. */
  | 'access-token';

/** A curve, by its JSON Web Key name. */
export type Curve = 'P-256' | 'P-384' | 'P-521' | 'Ed25519';

/** The type and size of a public key. `kind` `other`: neither RSA nor on one of these curves. */
export type KeyFacts =
  | { readonly kind: 'rsa'; readonly bits: number; readonly exponent: bigint }
  | { readonly kind: 'curve'; readonly curve: Curve }
  | { readonly kind: 'other' };

interface AcceptedKeys {
  /** Bits of an RSA modulus, inclusive. */
  readonly rsaBits: readonly [least: number, most: number];
  readonly curves: readonly Curve[];
}

const acceptedKeys: Readonly<Record<KeyUse, AcceptedKeys>> = {
  certificate: { rsaBits: [2048, 8192], curves: ['P-256', 'P-384', 'P-521'] },
  tpm: { rsaBits: [2048, 4096], curves: ['P-256', 'P-384'] },
  token: { rsaBits: [2048, 8192], curves: ['P-256', 'P-384'] },
  'access-token': { rsaBits: [2048, 8192], curves: ['P-256', 'P-384', 'P-521', 'Ed25519'] },
};
const leastExponent = 3n;
const greatestExponent = 2n ** 32n - 1n;

/** Why a key is not accepted for a use, as the predicate of a sentence about the key; undefined when it is accepted. */
export function keyFault(use: KeyUse, facts: KeyFacts): string | undefined {
  const { rsaBits, curves } = acceptedKeys[use];
  const [least, most] = rsaBits;
  if (facts.kind === 'rsa') {
    const { bits, exponent } = facts;
    if (bits < least || bits > most || bits % 8 !== 0) {
      return `must be RSA of ${least} to ${most} bits, in whole bytes; it has ${bits}`;
    }
    const isExponent = exponent >= leastExponent && exponent <= greatestExponent && exponent % 2n === 1n;
    return isExponent ? undefined : 'must have an odd RSA exponent from 3 to 2^32-1';
  }
  if (facts.kind === 'curve' && curves.includes(facts.curve)) return undefined;
  return `must be RSA of ${least} to ${most} bits, or on ${curves.join(', ')}`;
}
