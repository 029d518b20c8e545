/** Attestation type SgxEnclave: a bare ECDSA quote of an SGX enclave. */
import {
  appraiseSgx,
  checkSgxInitTimeData,
  checkSgxRuntimeData,
  checkTcbBaseline,
  type ParsedSgxEvidence,
  parseSgxEvidence,
  type SgxAppraisal,
  sgxClaims,
  sgxIncomingAliases,
} from '@atesto/evidence';
import type { IntelEndorsed } from '../../providers/intel.ts';
import { refuse } from '../../refuse.ts';
import type { AttestationType } from './attestation-type.ts';
import { expiredCollateralClaim } from './intel-claims.ts';

/** The type of both kinds of SGX evidence. */
export type SgxAttestationType = AttestationType<ParsedSgxEvidence, IntelEndorsed, SgxAppraisal>;

export const sgxEnclave: SgxAttestationType = {
  name: 'SgxEnclave',
  claim: 'sgx',
  paths: ['SgxEnclave', 'Tee/SgxEnclave'],
  evidenceMembers: ['quote'],
  tokenRequirement: (version) => (version === '2018-09-01-preview' ? 'required' : 'optional'),
  parse: parseSgxEvidence,
  endorse: (evidence, provider, look) => {
    if (evidence.openEnclave !== undefined) {
      refuse('evidence-container-wrong', 'body.quote', 'it is OpenEnclave evidence; send it to /attest/OpenEnclave');
    }
    return provider.intel.endorse(evidence.quote, look);
  },
  appraise: (evidence, { collateral, allowExpiredCollateral }, { intel }, at) =>
    appraiseSgx(evidence, collateral, { at, allowExpiredCollateral, cache: intel.cache }),
  checkRuntimeData: ({ body }, data) => checkSgxRuntimeData(body, data),
  checkInitTimeData: ({ body }, data) => checkSgxInitTimeData(body, data),
  checkBaseline: (appraisal, provider, at) => checkTcbBaseline(appraisal, provider.baseline.sgx, at),
  claims: (appraisal) => ({ ...sgxClaims(appraisal), ...expiredCollateralClaim(appraisal) }),
  incomingClaims: sgxIncomingAliases,
  isDevelopment: ({ developmentRoot }) => developmentRoot,
};
