/** Claims: JSON values with exact integers. */
import { type JsonObject, type JsonValue, readJson } from '@atesto/core';

export { isJsonObject as isObject, sameJson as sameClaim } from '@atesto/core';

/** A claim's value. Integers beyond 2^53-1 are bigint. */
export type ClaimValue = JsonValue;

/** Claims by name; also any JSON object within a claim. */
export type Claims = JsonObject;

/** Parses JSON text strictly; undefined when {@link readJson} refuses it. */
export function parseJson(source: string | Uint8Array): ClaimValue | undefined {
  const reading = readJson(source);
  return reading.ok ? reading.value : undefined;
}

/** The claim of that name; never a member inherited from the prototype. */
export function claimOf(claims: Claims, name: string): ClaimValue | undefined {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}
