/** The attestation types of the service. A new one adds its file and one line here. */

import type { PolicyClaim } from '../../providers/policy.ts';
import { type AppraisalContext, appraise } from '../appraise.ts';
import { type AttestAnswer, type AttestCall, type AttestContext, attest } from '../pipeline.ts';
import { incomingClaims } from '../steps/incoming-claims.ts';
import type { AttestationType } from './attestation-type.ts';
import { azureGuest } from './azure-guest.ts';
import { sevSnpVm } from './sev-snp.ts';
import { openEnclave, sgxEnclave } from './sgx.ts';
import { tdxVm } from './tdx.ts';

/** An attestation type as routes see it. */
export interface RegisteredType {
  readonly name: string;
  readonly paths: readonly string[];
  readonly attest: (call: AttestCall, context: AttestContext) => Promise<AttestAnswer>;
  /** The claims that a policy would see for the evidence in a body; no baseline and no policy is applied. */
  readonly claims: (body: Uint8Array, context: AppraisalContext) => Promise<PolicyClaim[]>;
}

/** Every attestation type, in the order in which refusals list them. */
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
    attest: (call, context) => attest(type, call, context),
    claims: async (body, context) => {
      const { appraisal, request } = await appraise(type, body, context);
      return incomingClaims(type, appraisal, request);
    },
  };
}
