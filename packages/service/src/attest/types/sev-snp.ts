/** Attestation type SevSnpVm: the report of an SEV-SNP guest, bare or in the JSON document of Azure's guests. */
import type { Outcome } from '@atesto/core';
import {
  appraiseSnp,
  appraiseSnpGuest,
  type Claims,
  checkSnpBaseline,
  checkSnpInitTimeData,
  checkSnpRuntimeData,
  type ParsedSnpEvidence,
  parseSnpEvidence,
  type SnpAppraisal,
  type SnpGuestAppraisal,
  sevSnpClaims,
} from '@atesto/evidence/advanced';
import type { AmdEndorsed } from '../../providers/amd.ts';
import type { AttestationType } from './attestation-type.ts';
import { revocationClaims } from './vendor-claims.ts';

/** The machine and its guest. */
export interface SnpVmAppraisal {
  readonly snp: SnpAppraisal;
  readonly guest: SnpGuestAppraisal;
}

/** The attestation type: one report, AMD’s endorsements for it, and those of a utility VM. */
export const sevSnpVm: AttestationType<ParsedSnpEvidence, AmdEndorsed, SnpVmAppraisal> = {
  name: 'SevSnpVm',
  claim: 'sevsnpvm',
  paths: ['SevSnpVm'],
  evidenceMembers: ['report'],
  tokenRequirement: () => 'optional',
  parse: parseSnpEvidence,
  endorse: (evidence, provider, context) => provider.amd.endorse(evidence.report, evidence.certificates, context),
  appraise: (evidence, { endorsements, allowExpiredCollateral }, provider, at) => {
    const snp = appraiseSnp(evidence, endorsements, { at, allowExpiredCollateral });
    if (!snp.ok) return snp;
    const { report } = snp.value;
    const guest = appraiseSnpGuest(report, evidence.uvmEndorsements, provider.referenceValues.sevsnp, at);
    return guest.ok ? { ok: true, value: { snp: snp.value, guest: guest.value } } : guest;
  },
  checkRuntimeData: ({ snp }, data) => checkSnpRuntimeData(snp.report, data),
  checkInitTimeData: ({ snp }, data) => checkSnpInitTimeData(snp.report, data),
  checkBaseline: (appraisal, { baseline }) =>
    withAppraisal(checkSnpBaseline(appraisal.snp, baseline.sevsnp), appraisal),
  claims: ({ snp, guest }) => ({ ...sevSnpClaims(snp), ...revocationClaims(snp), ...guestClaims(guest) }),
  incomingClaims: () => ({}),
  isDevelopment: ({ snp }) => snp.developmentRoot,
};

function withAppraisal(outcome: Outcome<SnpAppraisal>, appraisal: SnpVmAppraisal): Outcome<SnpVmAppraisal> {
  return outcome.ok ? { ok: true, value: appraisal } : outcome;
}

function guestClaims({ complianceStatus, uvm }: SnpGuestAppraisal): Claims {
  return {
    ...(complianceStatus === undefined ? {} : { 'x-ms-compliance-status': complianceStatus }),
    ...(uvm === undefined ? {} : { 'x-atesto-uvm-endorsement': { ...uvm } }),
  };
}
