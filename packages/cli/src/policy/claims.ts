/** Reads the claims over which a policy is tried: a list, an object, or those of an attestation token. */
import { isJsonObject, type JsonObject, readJson, writeExactJson } from '@atesto/core';
import { type Claim, claimsOfMembers, parseClaims } from '@atesto/policy';
import { inspectToken } from '@atesto/relying-party';
import { isReservedClaim } from '@atesto/token';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import { jwsIn } from '../input/jws.ts';
import type { Session } from '../session.ts';

/** Older names that a token repeats, and that policies see with `$` before them. */
const olderNames = ['is-debuggable', 'product-id', 'svn', 'sgx-mrsigner', 'sgx-mrenclave', 'tee'];
/** Binary runtime data, which is the client's. */
const heldData = ['x-ms-sgx-ehd', 'maa-ehd'];

const hint =
  'Write {"x-ms-sgx-product-id": 1} for claims of the service, a list such as [{"type": "…", "value": "…", "issuer": "CustomClaim"}], or give an attestation token.';

/**
 * Claims of a file, or of standard input for `-`: a list of `{"type", "value", "valueType"?, "issuer"?}`, an object of claims of the service,
 * or an attestation token, bare or as a service answers it.
 */
export async function readClaims(path: string, session: Session): Promise<Claim[]> {
  const text = path === '-' ? await session.readInput() : await readText(path, 'the claims');
  const token = jwsIn(text);
  if (token !== undefined) return claimsOfToken(token, path);
  const members = objectIn(text);
  if (members !== undefined && 'type' in members && 'value' in members)
    misused(`the claims ${path}: a claim stands alone`, hint);
  if (members !== undefined) return claimsOfMembers(members, 'AttestationService');
  const claims = parseClaims(text);
  if (claims.ok) return claims.value;
  const { code, why } = claims.refusal;
  return misused(`the claims ${path}: ${why}`, { code, hint });
}

function objectIn(text: string): JsonObject | undefined {
  const reading = readJson(text);
  return reading.ok && isJsonObject(reading.value) ? reading.value : undefined;
}

/** What the policy saw, as far as the token tells it; what the policy issued cannot be told from it. */
function claimsOfToken(token: string, path: string): Claim[] {
  const outcome = inspectToken(token);
  if (!outcome.ok) return misused(`the claims ${path}: ${outcome.refusal.why}`, { code: outcome.refusal.code, hint });
  const members = objectIn(writeExactJson(outcome.value.claims)) ?? {};
  const named = (names: readonly string[], prefix: string): JsonObject =>
    Object.fromEntries(
      names.flatMap((name) => (members[name] === undefined ? [] : [[`${prefix}${name}`, members[name]]])),
    );
  const seen = Object.entries(members).filter(([name]) => !isOfTokenAlone(name));
  const [data = '', olderData = ''] = heldData;
  return [
    ...claimsOfMembers(Object.fromEntries(seen), 'AttestationService'),
    ...claimsOfMembers(named(olderNames, '$'), 'AttestationService'),
    ...claimsOfMembers({ ...named([data], ''), ...named([olderData], '$') }, 'CustomClaim'),
  ];
}

function isOfTokenAlone(name: string): boolean {
  if (name === 'x-ms-attestation-type') return false;
  return isReservedClaim(name) || olderNames.includes(name) || heldData.includes(name);
}
