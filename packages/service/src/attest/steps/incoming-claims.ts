/** The claims that a policy sees: those of the appraisal under the service's name, the caller's data under the caller's. */
import type { Claims } from '@atesto/evidence/advanced';
import { claimsOfMembers } from '@atesto/policy';
import type { PolicyClaim } from '../../providers/policy.ts';
import type { AttestRequest } from '../request.ts';
import type { AttestationType } from '../types/attestation-type.ts';

/** The incoming claims of a policy, appraisal first. */
export function incomingClaims<Appraisal>(
  type: Pick<AttestationType<never, never, Appraisal>, 'claim' | 'claims' | 'incomingClaims'>,
  appraisal: Appraisal,
  { runtimeData }: Pick<AttestRequest, 'runtimeData'>,
  appraisalClaims: Claims = type.claims(appraisal),
): PolicyClaim[] {
  const claims: PolicyClaim[] = [
    { type: 'x-ms-attestation-type', value: type.claim, issuer: 'AttestationService' },
    ...claimsOfMembers(appraisalClaims, 'AttestationService'),
    ...claimsOfMembers(type.incomingClaims(appraisal), 'AttestationService'),
  ];
  if (runtimeData !== undefined && runtimeData.json === undefined) {
    const held = Buffer.from(runtimeData.bytes).toString('base64url');
    for (const name of ['x-ms-sgx-ehd', '$maa-ehd']) claims.push({ type: name, value: held, issuer: 'CustomClaim' });
  }
  return claims;
}
