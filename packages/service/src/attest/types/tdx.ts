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
  tdxComplianceStatus,
} from '@atesto/evidence/advanced';
import type { IntelEndorsed } from '../../providers/intel.ts';
import type { AttestationType } from './attestation-type.ts';
import { expiredCollateralClaim } from './vendor-claims.ts';

/** The trust domain, and what the operator knows of domains like it. */
export interface TdxVmAppraisal {
  readonly tdx: TdxAppraisal;
  /** Undefined: no reference value fits. */
  readonly complianceStatus: string | undefined;
}

/** The attestation type: one quote, and Intel’s endorsements for it. */
export const tdxVm: AttestationType<ParsedTdxEvidence, IntelEndorsed, TdxVmAppraisal> = {
  name: 'TdxVm',
  claim: 'tdxvm',
  paths: ['TdxVm'],
  evidenceMembers: ['quote'],
  tokenRequirement: () => 'optional',
  parse: parseTdxEvidence,
  endorse: (evidence, provider, context) => provider.intel.endorse(evidence.quote, context),
  appraise: (evidence, { collateral, allowExpiredCollateral }, { intel, referenceValues }, at) => {
    const tdx = appraiseTdx(evidence, collateral, { at, allowExpiredCollateral, cache: intel.cache });
    if (!tdx.ok) return tdx;
    const complianceStatus = tdxComplianceStatus(tdx.value.body, referenceValues.tdx);
    return { ok: true, value: { tdx: tdx.value, complianceStatus } };
  },
  checkRuntimeData: ({ tdx }, data) => checkTdxRuntimeData(tdx.body, data),
  checkInitTimeData: ({ tdx }, data, provider) => checkTdxInitTimeData(tdx.body, data, provider.initTimeBinding.tdx),
  checkBaseline: (appraisal, provider, at) => {
    const checked = checkTcbBaseline(appraisal.tdx, provider.baseline.tdx, at);
    return checked.ok ? { ok: true, value: appraisal } : checked;
  },
  claims: ({ tdx, complianceStatus }) => ({
    ...tdxClaims(tdx),
    ...expiredCollateralClaim(tdx),
    ...(complianceStatus === undefined ? {} : { 'x-ms-compliance-status': complianceStatus }),
  }),
  incomingClaims: () => ({}),
  isDevelopment: ({ tdx }) => tdx.developmentRoot,
};
