/** From the members of a JSON object, such as the claims of an appraisal, to claims of the language. */
import type { Claim, ClaimIssuer, ClaimValue } from './claim.ts';

/** JSON as programs hold it. */
export type MemberValue =
  | string
  | number
  | boolean
  | null
  | readonly MemberValue[]
  | { readonly [name: string]: MemberValue };

/** One claim for each member: a list is one for each of its members, an object and a fraction their JSON text, null none. */
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
