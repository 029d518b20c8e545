/** Converts the members of a JSON object, such as the claims of an appraisal, to claims of the policy language. */
import { type JsonObject, type JsonValue, writeExactJson } from '@atesto/core';
import { type Claim, type ClaimIssuer, type ClaimValue, greatestInteger, leastInteger } from './claim.ts';

/** One claim per member: a list gives one per item, an object, a fraction or an integer beyond 64 bits its JSON text, null none. */
export function claimsOfMembers(members: JsonObject, issuer: ClaimIssuer): Claim[] {
  return Object.entries(members).flatMap(([type, value]) =>
    (isList(value) ? value : [value]).flatMap((one) =>
      one === null ? [] : [{ type, value: claimValue(one), issuer }],
    ),
  );
}

function claimValue(value: JsonValue): ClaimValue {
  if (typeof value === 'bigint' && value >= leastInteger && value <= greatestInteger) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === 'string' || typeof value === 'boolean' ? value : writeExactJson(value);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
