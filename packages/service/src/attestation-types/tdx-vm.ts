/** Attestation type TdxVm: the quote of a TDX trust domain. Its claims follow the EAT profile of Azure Attestation. */
import {
  appraiseTdx,
  checkTcbBaseline,
  checkTdxInitTimeData,
  checkTdxRuntimeData,
  type ParsedTdxEvidence,
  parseTdxEvidence,
  type TdxAppraisal,
  tdxClaims,
} from '@atesto/evidence';
import type { IntelEndorsed } from '../providers/intel.ts';
import type { AttestationType } from './attestation-type.ts';
import { expiredCollateralClaim } from './intel-claims.ts';

export const tdxVm: AttestationType<ParsedTdxEvidence, IntelEndorsed, TdxAppraisal> = {
  name: 'TdxVm',
  claim: 'tdxvm',
  paths: ['TdxVm'],
  evidenceMembers: ['quote'],
  tokenRequirement: () => 'optional',
  parse: parseTdxEvidence,
  endorse: (evidence, provider, at) => provider.intel.endorse(evidence.quote, at),
  appraise: (bytes, { collateral, allowExpiredCollateral }, { intel }, at) =>
    appraiseTdx(bytes, collateral, { at, allowExpiredCollateral, memo: intel.memo }),
  checkRuntimeData: ({ body }, data) => checkTdxRuntimeData(body, data),
  checkInitTimeData: ({ body }, data, provider) => checkTdxInitTimeData(body, data, provider.initTimeBinding.tdx),
  checkBaseline: (appraisal, provider, at) => checkTcbBaseline(appraisal, provider.baseline.tdx, at),
  claims: (appraisal) => ({ ...tdxClaims(appraisal), ...expiredCollateralClaim(appraisal) }),
  incomingClaims: () => ({}),
  isDevelopment: ({ developmentRoot }) => developmentRoot,
};
