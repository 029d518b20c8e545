/** Claims: JSON values with exact integers. */
import { type Claims, type ClaimValue, readJson } from '@atesto/core';

export { type Claims, type ClaimValue, isJsonObject as isObject, sameJson as sameClaim } from '@atesto/core';

/** Parses JSON text strictly; undefined when {@link readJson} refuses it. */
export function parseJson(source: string | Uint8Array): ClaimValue | undefined {
  const reading = readJson(source);
  return reading.ok ? reading.value : undefined;
}

/** The claim of that name; never a member inherited from the prototype. */
export function claimOf(claims: Claims, name: string): ClaimValue | undefined {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}
