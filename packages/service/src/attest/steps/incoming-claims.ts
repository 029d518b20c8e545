/** Which claims does the policy see? Those of the appraisal under the service's name, the caller's data under the caller's. */
import type { Claims } from '@atesto/evidence';
import { claimsOfMembers } from '@atesto/policy';
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
    ...claimsOfMembers(appraisalClaims, 'AttestationService'),
    ...claimsOfMembers(furtherClaims, 'AttestationService'),
  ];
  if (runtimeData !== undefined && runtimeData.json === undefined) {
    const held = Buffer.from(runtimeData.bytes).toString('base64url');
    for (const type of ['x-ms-sgx-ehd', '$maa-ehd']) claims.push({ type, value: held, issuer: 'CustomClaim' });
  }
  return claims;
}
