/** Attestation type AzureGuest: a confidential VM of Azure with its vTPM. The token is sealed to a key that only that vTPM has. */
import type { Outcome } from '@atesto/core';
import {
  type AzureGuestAppraisal,
  type AzureHardware,
  appraiseAzureGuest,
  appraiseSnp,
  appraiseSnpGuest,
  appraiseTdx,
  azureGuestClaims,
  type Claims,
  checkAzureGuestBaseline,
  checkSnpBaseline,
  checkTcbBaseline,
  type ParsedAzureGuest,
  type ParsedSnpEvidence,
  type ParsedTdxEvidence,
  parseAzureGuest,
  refuseAzureGuestData,
  tdxComplianceStatus,
} from '@atesto/evidence/advanced';
import type { AmdEndorsed } from '../../providers/amd.ts';
import type { EndorsementContext } from '../../providers/fetch-endorsements.ts';
import type { IntelEndorsed } from '../../providers/intel.ts';
import type { Provider } from '../../providers/provider.ts';
import type { AttestationType } from './attestation-type.ts';
import { sealReply } from './sealed-reply.ts';
import { expiredCollateralClaim, revocationClaims } from './vendor-claims.ts';

/** The hardware evidence, beside what its vendor says of it. */
export type AzureEndorsed =
  | { readonly type: 'SevSnp'; readonly evidence: ParsedSnpEvidence; readonly by: AmdEndorsed }
  | { readonly type: 'Tdx'; readonly evidence: ParsedTdxEvidence; readonly by: IntelEndorsed };

/** The guest, and what the operator knows of machines like it. */
export interface AzureVmAppraisal {
  readonly guest: AzureGuestAppraisal;
  /** Undefined: no reference value fits. */
  readonly complianceStatus: string | undefined;
}

/** The attestation type: its evidence is parsed, its hardware report and then its vTPM appraised, and its token sealed. */
export const azureGuest: AttestationType<ParsedAzureGuest, AzureEndorsed, AzureVmAppraisal> = {
  name: 'AzureGuest',
  claim: 'azurevm',
  paths: ['AzureGuest'],
  evidenceMembers: ['attestationInfo'],
  tokenRequirement: () => 'optional',
  parse: parseAzureGuest,
  endorse,
  appraise: (evidence, endorsed, provider, at) => {
    const hardware = appraiseHardware(endorsed, provider, at);
    if (!hardware.ok) return hardware;
    const guest = appraiseAzureGuest(evidence, hardware.value);
    if (!guest.ok) return guest;
    const status = complianceStatusOf(hardware.value, provider, at);
    return status.ok ? { ok: true, value: { guest: guest.value, complianceStatus: status.value } } : status;
  },
  checkRuntimeData: refuseAzureGuestData,
  checkInitTimeData: refuseAzureGuestData,
  checkBaseline: (appraisal, { baseline }, at) => {
    const { hardware } = appraisal.guest;
    const accepted = checkAzureGuestBaseline(appraisal.guest, appraisal.complianceStatus, baseline.azureGuest);
    if (!accepted.ok) return accepted;
    const checked =
      hardware.tee === 'tdx'
        ? checkTcbBaseline(hardware, baseline.tdx, at)
        : checkSnpBaseline(hardware, baseline.sevsnp);
    return checked.ok ? { ok: true, value: appraisal } : checked;
  },
  claims: ({ guest, complianceStatus }) => azureGuestClaims(guest, hardwareClaims(guest.hardware, complianceStatus)),
  incomingClaims: () => ({}),
  isDevelopment: ({ guest }) => guest.hardware.developmentRoot,
  deliver: (token, { guest }) => sealReply(token, guest.encryptionKey.publicKey),
};

async function endorse(
  { proof }: ParsedAzureGuest,
  provider: Provider,
  context: EndorsementContext,
): Promise<AzureEndorsed> {
  if (proof.type === 'Tdx') return { ...proof, by: await provider.intel.endorse(proof.evidence.quote, context) };
  const { report, certificates } = proof.evidence;
  return { ...proof, by: await provider.amd.endorse(report, certificates, context) };
}

function appraiseHardware(endorsed: AzureEndorsed, { intel }: Provider, at: Date): Outcome<AzureHardware> {
  const { allowExpiredCollateral } = endorsed.by;
  if (endorsed.type === 'SevSnp') {
    return appraiseSnp(endorsed.evidence, endorsed.by.endorsements, { at, allowExpiredCollateral });
  }
  return appraiseTdx(endorsed.evidence, endorsed.by.collateral, { at, allowExpiredCollateral, cache: intel.cache });
}

function complianceStatusOf(
  hardware: AzureHardware,
  { referenceValues }: Provider,
  at: Date,
): Outcome<string | undefined> {
  if (hardware.tee === 'tdx') {
    return { ok: true, value: tdxComplianceStatus(hardware.body, referenceValues.tdx) };
  }
  const known = appraiseSnpGuest(hardware.report, [], referenceValues.sevsnp, at);
  return known.ok ? { ok: true, value: known.value.complianceStatus } : known;
}

function hardwareClaims(hardware: AzureHardware, complianceStatus: string | undefined): Claims {
  return {
    ...(complianceStatus === undefined ? {} : { 'x-ms-compliance-status': complianceStatus }),
    ...(hardware.tee === 'tdx' ? expiredCollateralClaim(hardware) : revocationClaims(hardware)),
  };
}
