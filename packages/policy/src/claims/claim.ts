/** The claim type of the policy language (policy language, section 4). */

/** The value of a claim. An integer is a `bigint` within -2^63 … 2^63-1, never a `number`. */
export type ClaimValue = string | bigint | boolean;

/** The source of a claim: the appraisal of evidence, a rule, or the client. */
export type ClaimIssuer = 'AttestationService' | 'AttestationPolicy' | 'CustomClaim';

/** The type of a claim's value, in the language's words. */
export type ClaimValueType = 'String' | 'Integer' | 'Boolean';

/** One claim of the incoming set. */
export interface Claim {
  /** Not empty. Compared exactly. */
  readonly type: string;
  readonly value: ClaimValue;
  readonly issuer: ClaimIssuer;
  /** Can be tested, but not issued. Always true for the service's `pcrs`. */
  readonly readOnly?: boolean;
}

/** Every issuer of claims. */
export const claimIssuers: readonly ClaimIssuer[] = ['AttestationService', 'AttestationPolicy', 'CustomClaim'];
/** Every type of a claim's value. */
export const claimValueTypes: readonly ClaimValueType[] = ['String', 'Integer', 'Boolean'];

/** The smallest integer of the language: -2^63. */
export const leastInteger = -(2n ** 63n);
/** The greatest integer of the language: 2^63 - 1. */
export const greatestInteger = 2n ** 63n - 1n;

/** The value's type, in the language's words. */
export function valueTypeOf(value: ClaimValue): ClaimValueType {
  if (typeof value === 'string') return 'String';
  return typeof value === 'bigint' ? 'Integer' : 'Boolean';
}

/** Whether the claim may not be issued. */
export function isReadOnly(claim: Claim): boolean {
  return claim.readOnly === true || (claim.type === 'pcrs' && claim.issuer === 'AttestationService');
}
