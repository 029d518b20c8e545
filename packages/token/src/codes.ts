/** Which refusals this package can give, and what each means to an operator. */

/** Every refusal code of the token package with its meaning. */
export const tokenCodes = {
  'issuer-invalid': 'The issuer is not a provider URI that can stand in a certificate and in a token without change.',
  'algorithm-unknown': 'The signing algorithm is not one of RS256, PS256, ES256, ES384.',
  'validity-invalid': 'The certificate would end before it begins, or one of its times is no time.',
  'lifetime-invalid': 'The token lifetime is not a whole number of seconds from one second to one year.',
  'jti-invalid': 'The token id is not made of exactly 32 random bytes.',
  'issuer-mismatch': 'The claims name another issuer than the key that is to sign them.',
  'claim-reserved': 'A policy issued a claim that only the service may issue.',
  'claim-collision': 'Two sources give the same claim different values; a token must not contradict the evidence.',
  'number-not-finite': 'A claim holds a number that JSON cannot express.',
  'secret-invalid': 'The secret is an empty passphrase, a key of other than 32 bytes, or a cost out of range.',
  'secret-kind': 'The signing key was sealed with the other kind of secret: passphrase or key file.',
  'secret-wrong': 'The secret is not the one that the signing key was sealed with.',
  'sealed-key-version': 'The sealed signing key has a version that this release does not know.',
  'sealed-key-malformed': 'The sealed signing key lacks a member, has one too many, or has one of another shape.',
  'sealed-key-tampered': 'The secret is right, but the sealed signing key was changed after it was sealed.',
  'sealed-key-inconsistent':
    'The private key, the certificate and the names of a sealed signing key do not belong together.',
  'schedule-invalid':
    'A span of the rotation schedule is not a whole number of seconds, or a key would be replaced before it signs.',
  'key-unavailable': 'The signing key is held elsewhere, such as in an HSM, and no signature came from there.',
  'key-unusable': 'A private key that is to be imported is not of the signing algorithm.',
  'key-known': 'The key ring holds this key already.',
} as const;

/** A refusal code of the token package. */
export type TokenCode = keyof typeof tokenCodes;
