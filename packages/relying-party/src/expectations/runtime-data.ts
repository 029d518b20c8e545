/** Checks that a token commits to the expected runtime data. */
import { base64url } from 'jose';
import { type Claims, type ClaimValue, claimOf, isObject, parseJson, sameClaim } from '../token/claims.ts';
import { membersOf, runtimeKeysOf } from '../token/runtime-data.ts';
import type { PublicJwk, RuntimeDataExpectation } from './expectations.ts';

/** Whether the expectation holds. */
export function hasRuntimeData(claims: Claims, expected: RuntimeDataExpectation): boolean {
  if (expected === 'any') return true;
  if ('bytes' in expected) return claimOf(claims, 'x-ms-sgx-ehd') === base64url.encode(expected.bytes);
  if ('json' in expected) {
    const json = jsonOf(expected.json);
    return json !== undefined && sameClaim(claimOf(claims, 'x-ms-runtime'), json);
  }
  return runtimeKeysOf(claims).some((candidate) => sameKey(candidate, expected.key));
}

/** The value of expected JSON; undefined when a text is not that of an object. */
export function jsonOf(expected: unknown): ClaimValue | undefined {
  const isText = typeof expected === 'string' || expected instanceof Uint8Array;
  const value = isText ? parseJson(expected) : expected;
  return isObject(value) ? value : undefined;
}

function sameKey(candidate: Claims, expected: PublicJwk): boolean {
  const members = membersOf(expected.kty);
  return (
    members !== undefined &&
    claimOf(candidate, 'kty') === expected.kty &&
    members.every((name) => typeof expected[name] === 'string' && claimOf(candidate, name) === expected[name])
  );
}
