/** Attestation types SgxEnclave and OpenEnclave: an ECDSA quote of an SGX enclave, bare or in a container of the Open Enclave SDK. */
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
} from '@atesto/evidence/advanced';
import type { IntelEndorsed } from '../../providers/intel.ts';
import { refuse } from '../../refuse.ts';
import type { AttestationType } from './attestation-type.ts';
import { expiredCollateralClaim } from './vendor-claims.ts';

/** The type of both kinds of SGX evidence. */
export type SgxAttestationType = AttestationType<ParsedSgxEvidence, IntelEndorsed, SgxAppraisal>;

/** A bare quote. */
export const sgxEnclave: SgxAttestationType = {
  name: 'SgxEnclave',
  claim: 'sgx',
  paths: ['SgxEnclave', 'Tee/SgxEnclave'],
  evidenceMembers: ['quote'],
  tokenRequirement: (version) => (version.startsWith('2018-09-01') ? 'required' : 'optional'),
  parse: parseSgxEvidence,
  endorse: (evidence, provider, context) => {
    if (evidence.openEnclave !== undefined) {
      refuse('evidence-container-wrong', 'body.quote', 'it is OpenEnclave evidence; send it to /attest/OpenEnclave');
    }
    return provider.intel.endorse(evidence.quote, context);
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

/** An SGX quote in the container of the Open Enclave SDK (report or evidence). */
export const openEnclave: SgxAttestationType = {
  ...sgxEnclave,
  name: 'OpenEnclave',
  paths: ['OpenEnclave', 'Tee/OpenEnclave'],
  evidenceMembers: ['report', 'quote'],
  endorse: (evidence, provider, context) => {
    if (evidence.openEnclave === undefined) {
      refuse('evidence-container-wrong', 'body.report', 'it is a bare quote; send it to /attest/SgxEnclave');
    }
    return provider.intel.endorse(evidence.quote, context);
  },
};
