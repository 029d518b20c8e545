/** Claims of tokens and of evidence. */
import type { JsonObject, JsonValue } from './json/value.ts';

/** A claim's value as JSON. Integers beyond 2^53-1 are bigint. */
export type ClaimValue = JsonValue;

/** Claims by name. */
export type Claims = JsonObject;
