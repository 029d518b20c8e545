/** The data that an environment bound to its evidence: `x-ms-runtime` for JSON, `x-ms-sgx-ehd` for binary data. */
import { decodeBase64url } from '@atesto/core';
import { type Claims, type ClaimValue, claimOf, isObject, parseJson } from './claims.ts';

/** Runtime data: bytes, or JSON as its value. */
export type RuntimeData = { readonly bytes: Uint8Array } | { readonly json: ClaimValue };

/** A public key as JSON Web Key (RFC 7517), with all members that the environment gave it. */
export type RuntimeKey = Claims & { readonly kty: string };

/** The runtime data of a token; undefined when it has none. */
export function runtimeDataOf(claims: Claims): RuntimeData | undefined {
  const json = claimOf(claims, 'x-ms-runtime');
  if (json !== undefined) return { json };
  const held = claimOf(claims, 'x-ms-sgx-ehd');
  const bytes = typeof held === 'string' ? decodeBase64url(held) : undefined;
  return bytes === undefined ? undefined : { bytes };
}

/** The public keys among the runtime data: itself, its `jwk`, and its `keys`. Binary data may hold JSON text too. */
export function runtimeKeysOf(claims: Claims): RuntimeKey[] {
  const data = runtimeDataOf(claims);
  if (data === undefined) return [];
  // Binary data that holds no JSON holds no key.
  const json = 'json' in data ? data.json : parseJson(data.bytes);
  if (!isObject(json)) return [];
  const keys = claimOf(json, 'keys');
  return [json, claimOf(json, 'jwk'), ...(Array.isArray(keys) ? keys : [])].filter(isRuntimeKey);
}

/** RFC 7638 section 3.2, RFC 8037 section 2: the members that make a public key. */
const keyMembers: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
]);

/** The members that make a public key of a type, besides `kty`; undefined for other types, such as shared secrets. */
export function membersOf(kty: unknown): readonly string[] | undefined {
  return typeof kty === 'string' ? keyMembers.get(kty) : undefined;
}

function isRuntimeKey(value: ClaimValue | undefined): value is RuntimeKey {
  if (!isObject(value)) return false;
  const members = membersOf(claimOf(value, 'kty'));
  return members?.every((name) => typeof claimOf(value, name) === 'string') === true;
}
