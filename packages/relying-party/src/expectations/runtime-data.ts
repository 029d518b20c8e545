/** Checks that a token commits to the expected runtime data: `x-ms-runtime` for JSON, `x-ms-sgx-ehd` for binary data. */
import { base64url } from 'jose';
import { type Claims, type ClaimValue, claimOf, isObject, parseJson, sameClaim } from '../token/claims.ts';
import type { PublicJwk, RuntimeDataExpectation } from './expectations.ts';

/** Whether the expectation holds. */
export function hasRuntimeData(claims: Claims, expected: RuntimeDataExpectation): boolean {
  if (expected === 'any') return true;
  if ('bytes' in expected) return claimOf(claims, 'x-ms-sgx-ehd') === base64url.encode(expected.bytes);
  if ('json' in expected) return sameClaim(claimOf(claims, 'x-ms-runtime'), expected.json);
  return keysIn(runtimeJson(claims)).some((candidate) => sameKey(candidate, expected.key));
}

/** The runtime data as JSON; binary data may hold JSON text too. */
function runtimeJson(claims: Claims): ClaimValue | undefined {
  const runtime = claimOf(claims, 'x-ms-runtime');
  if (runtime !== undefined) return runtime;
  const held = claimOf(claims, 'x-ms-sgx-ehd');
  if (typeof held !== 'string' || !/^[\w-]+$/.test(held)) return undefined;
  try {
    // Binary data that holds no JSON holds no key.
    return parseJson(base64url.decode(held));
  } catch {
    return undefined;
  }
}

function keysIn(runtime: ClaimValue | undefined): Claims[] {
  if (!isObject(runtime)) return [];
  const keys = claimOf(runtime, 'keys');
  return [runtime, claimOf(runtime, 'jwk'), ...(Array.isArray(keys) ? keys : [])].filter(isObject);
}

/** RFC 7638 section 3.2, RFC 8037 section 2: the members that make a public key. */
const keyMembers: ReadonlyMap<string, readonly string[]> = new Map([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
]);

function sameKey(candidate: Claims, expected: PublicJwk): boolean {
  const members = expected.kty === undefined ? undefined : keyMembers.get(expected.kty);
  return (
    members !== undefined &&
    claimOf(candidate, 'kty') === expected.kty &&
    members.every((name) => typeof expected[name] === 'string' && claimOf(candidate, name) === expected[name])
  );
}
