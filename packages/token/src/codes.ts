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
  'json-malformed': 'The text is not JSON.',
  'json-too-deep': 'The JSON nests deeper than 128 levels.',
} as const;

/** A refusal code of the token package. */
export type TokenCode = keyof typeof tokenCodes;
