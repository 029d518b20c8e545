/** Attestation type SgxEnclave: a bare ECDSA quote of an SGX enclave. */
import {
  appraiseSgx,
  checkSgxInitTimeData,
  checkSgxRuntimeData,
  checkTcbBaseline,
  type ParsedSgxEvidence,
  type PreparedIntelCollateral,
  parseSgxEvidence,
  type SgxAppraisal,
  sgxClaims,
  sgxIncomingAliases,
} from '@atesto/evidence';
import { refuseRequest } from '../http/refusal.ts';
import type { AttestationType } from './attestation-type.ts';

/** The type of both kinds of SGX evidence. */
export type SgxAttestationType = AttestationType<ParsedSgxEvidence, PreparedIntelCollateral, SgxAppraisal>;

export const sgxEnclave: SgxAttestationType = {
  name: 'SgxEnclave',
  claim: 'sgx',
  paths: ['SgxEnclave', 'Tee/SgxEnclave'],
  evidenceMembers: ['quote'],
  tokenRequirement: (version) => (version === '2018-09-01-preview' ? 'required' : 'optional'),
  parse: parseSgxEvidence,
  endorse: (evidence, provider, at) => {
    if (evidence.openEnclave !== undefined) {
      refuseRequest(
        'evidence-container-wrong',
        'body.quote',
        'it is OpenEnclave evidence; send it to /attest/OpenEnclave',
      );
    }
    return provider.intel.endorse(evidence.quote, at);
  },
  appraise: (bytes, collateral, { intel }, at) => appraiseSgx(bytes, collateral, { at, memo: intel.memo }),
  checkRuntimeData: ({ body }, data) => checkSgxRuntimeData(body, data),
  checkInitTimeData: ({ body }, data) => checkSgxInitTimeData(body, data),
  checkBaseline: (appraisal, provider, at) => checkTcbBaseline(appraisal, provider.baseline.sgx, at),
  claims: sgxClaims,
  incomingClaims: sgxIncomingAliases,
  isDevelopment: ({ developmentRoot }) => developmentRoot,
};
