/** Which attestation types does the service have? A new one adds its file here and one line. */

import type { PolicyClaim } from '../../providers/policy.ts';
import { type AppraisalSurroundings, appraise } from '../appraise.ts';
import { type AttestAnswer, type AttestCall, type AttestSurroundings, attest } from '../pipeline.ts';
import { incomingClaims } from '../steps/incoming-claims.ts';
import type { AttestationType } from './attestation-type.ts';
import { azureGuest } from './azure-guest.ts';
import { openEnclave } from './open-enclave.ts';
import { sevSnpVm } from './sev-snp.ts';
import { sgxEnclave } from './sgx.ts';
import { tdxVm } from './tdx.ts';

/** An attestation type as routes see it. */
export interface RegisteredType {
  readonly name: string;
  readonly paths: readonly string[];
  readonly attest: (call: AttestCall, surroundings: AttestSurroundings) => Promise<AttestAnswer>;
  /** The claims that a policy would see for the evidence in a body; no baseline and no policy is applied. */
  readonly claims: (body: Uint8Array, surroundings: AppraisalSurroundings) => Promise<PolicyClaim[]>;
}

export const attestationTypes: readonly RegisteredType[] = [
  registered(sgxEnclave),
  registered(openEnclave),
  registered(tdxVm),
  registered(sevSnpVm),
  registered(azureGuest),
];

function registered<Evidence, Endorsements, Appraisal>(
  type: AttestationType<Evidence, Endorsements, Appraisal>,
): RegisteredType {
  return {
    name: type.name,
    paths: type.paths,
    attest: (call, surroundings) => attest(type, call, surroundings),
    claims: async (body, surroundings) => {
      const { appraisal, request } = await appraise(type, body, surroundings);
      return incomingClaims(type, appraisal, request);
    },
  };
}
