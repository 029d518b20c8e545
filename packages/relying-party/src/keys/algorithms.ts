/** The accepted signature algorithms, and the keys that each requires (RFC 7518, section 3.1). */

const keyTypes = {
  RS256: { kty: 'RSA' },
  PS256: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
} as const;

/** An accepted signature algorithm. Never `none`, never one with a shared secret. */
export type AcceptedAlgorithm = keyof typeof keyTypes;

/** Every accepted algorithm. */
export const acceptedAlgorithms: readonly AcceptedAlgorithm[] = ['RS256', 'PS256', 'ES256', 'ES384'];

/** The key type, and curve, of an algorithm. */
export function keyTypeOf(algorithm: AcceptedAlgorithm): { readonly kty: string; readonly crv?: string } {
  return keyTypes[algorithm];
}
