/** The refusal codes of this package, each with its meaning for operators. */

/** Every refusal code of the token package with its meaning. */
export const tokenCodes = {
  'issuer-invalid': 'The issuer is not a provider URI that certificates and tokens can contain unchanged.',
  'algorithm-unknown': 'The signing algorithm is not one of RS256, PS256, ES256, ES384.',
  'validity-invalid': 'The certificate would end before it begins, or one of its times is not a valid date.',
  'lifetime-invalid': 'The token lifetime is not a whole number of seconds from one second to one year.',
  'jti-invalid': 'The token id does not have exactly 32 bytes.',
  'issuer-mismatch': 'The claims name another issuer than the signing key.',
  'claim-reserved': 'A policy issued a claim that is reserved for the service.',
  'claim-collision': 'Two sources give the same claim different values; a token must not contradict the evidence.',
  'number-not-finite': 'A claim holds a number that JSON cannot express.',
  'secret-invalid': 'The secret is an empty passphrase or a key without exactly 32 bytes, or the cost is out of range.',
  'secret-kind': 'The signing key was sealed with the other kind of secret: passphrase or key file.',
  'secret-wrong': 'The secret is not the one that the signing key was sealed with.',
  'sealed-key-version': 'This release does not know the version of the sealed signing key.',
  'sealed-key-malformed': 'The sealed signing key has a missing, unknown or malformed member.',
  'sealed-key-tampered': 'The secret is right, but the sealed signing key was changed after it was sealed.',
  'sealed-key-inconsistent':
    'The private key, the certificate and the names of a sealed signing key do not belong together.',
  'schedule-invalid':
    'A span of the rotation schedule is not a whole number of seconds, or a key would be replaced before it signs.',
  'key-unavailable': 'The holder of the signing key, such as an HSM, returned no signature.',
  'key-unusable': 'The imported private key does not fit the signing algorithm.',
  'key-known': 'The key ring already holds this key.',
} as const;

/** A refusal code of the token package. */
export type TokenCode = keyof typeof tokenCodes;
