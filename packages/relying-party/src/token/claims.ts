/** What claims are: JSON whose numbers are exact. */
import { type JsonObject, type JsonValue, readJson } from '@atesto/core';

export { isJsonObject as isObject, sameJson as sameClaim } from '@atesto/core';

/** A claim's value. Integers beyond 2^53-1 are bigint. */
export type ClaimValue = JsonValue;

/** Claims by name; also any JSON object within a claim. */
export type Claims = JsonObject;

/** Parses JSON text strictly; undefined when it is not JSON, or when readers could differ in what it says: see `readJson`. */
export function parseJson(source: string | Uint8Array): ClaimValue | undefined {
  const reading = readJson(source);
  return reading.ok ? reading.value : undefined;
}

/** The claim of that name; never a member of the prototype. */
export function claimOf(claims: Claims, name: string): ClaimValue | undefined {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}
