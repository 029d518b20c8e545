/** Which claims does the policy see? Those of the appraisal under the service's name, the caller's data under the caller's. */
import type { ClaimJson, Claims } from '@atesto/evidence';
import type { PolicyClaim } from '../../providers/policy.ts';
import type { AttestRequest } from '../request.ts';

/** The incoming claims of a policy, appraisal first. */
export function incomingClaims(
  attestationType: string,
  appraisalClaims: Claims,
  furtherClaims: Claims,
  { runtimeData }: AttestRequest,
): PolicyClaim[] {
  const claims: PolicyClaim[] = [
    { type: 'x-ms-attestation-type', value: attestationType, issuer: 'AttestationService' },
    ...ofService(appraisalClaims),
    ...ofService(furtherClaims),
  ];
  if (runtimeData !== undefined && runtimeData.json === undefined) {
    const held = Buffer.from(runtimeData.bytes).toString('base64url');
    for (const type of ['x-ms-sgx-ehd', '$maa-ehd']) claims.push({ type, value: held, issuer: 'CustomClaim' });
  }
  return claims;
}

function ofService(claims: Claims): PolicyClaim[] {
  return Object.entries(claims).flatMap(([type, value]) =>
    valuesOf(value).map((one): PolicyClaim => ({ type, value: one, issuer: 'AttestationService' })),
  );
}

/** A list is one claim for each member; an object is its JSON text. */
function valuesOf(value: ClaimJson): (string | bigint | boolean)[] {
  return isList(value) ? value.map(valueOf) : [valueOf(value)];
}

function valueOf(value: ClaimJson): string | bigint | boolean {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  return typeof value === 'string' || typeof value === 'boolean' ? value : JSON.stringify(value);
}

function isList(value: ClaimJson): value is readonly ClaimJson[] {
  return Array.isArray(value);
}
