/** Converts the members of a JSON object, such as the claims of an appraisal, to claims of the policy language. */
import type { Claim, ClaimIssuer, ClaimValue } from './claim.ts';

/** A JSON value. */
export type MemberValue =
  | string
  | number
  | boolean
  | null
  | readonly MemberValue[]
  | { readonly [name: string]: MemberValue };

/** One claim per member: a list gives one per item, an object or fraction its JSON text, null none. */
export function claimsOfMembers(members: Readonly<Record<string, MemberValue>>, issuer: ClaimIssuer): Claim[] {
  return Object.entries(members).flatMap(([type, value]) =>
    (isList(value) ? value : [value]).flatMap((one) =>
      one === null ? [] : [{ type, value: claimValue(one), issuer }],
    ),
  );
}

function claimValue(value: MemberValue): ClaimValue {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === 'string' || typeof value === 'boolean' ? value : JSON.stringify(value);
}

function isList(value: MemberValue): value is readonly MemberValue[] {
  return Array.isArray(value);
}
