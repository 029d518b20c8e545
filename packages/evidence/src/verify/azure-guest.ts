/** Verifies the evidence of an Azure guest in one call: genuine hardware, current enough, a machine that is known, and its vTPM. */
import { ConfigurationError, checkOptions, settle, unwrap } from '@atesto/core';
import { checkAzureGuestBaseline } from '../azure/baseline.ts';
import { type AzureGuestAppraisal, appraiseAzureGuest } from '../azure/guest.ts';
import { type GuestProof, parseAzureGuest } from '../azure/guest-evidence.ts';
import type { AzureHardware } from '../azure/runtime-claims.ts';
import { type Outcome, refuse } from '../outcome.ts';
import { appraiseSnp } from '../sevsnp/appraise.ts';
import { appraiseSnpGuest, type SnpReferenceValue } from '../sevsnp/compliance.ts';
import { appraiseTdx } from '../tdx/appraise.ts';
import { type TdxReferenceValue, tdxComplianceStatus } from '../tdx/compliance.ts';
import {
  checkSevSnpBaseline,
  checkSnpCollateralOption,
  demandSevSnpBaseline,
  type SevSnpBaseline,
  type SnpCollateralOption,
  verifiedAmd,
} from './amd.ts';
import {
  checkIntelBaseline,
  checkIntelCollateralOption,
  demandIntelBaseline,
  type IntelBaseline,
  type IntelCollateralOption,
  verifiedIntel,
} from './intel.ts';
import { checkSnpMachines, checkTdxMachines } from './machines.ts';
import { type CommonOptions, checkCommonOptions, checkDecision, readEvidence } from './options.ts';

/** What is decided for guests on TDX. */
export interface AzureTdxOptions {
  readonly collateral: IntelCollateralOption;
  /** Default: `UpToDate` platforms alone. */
  readonly baseline?: IntelBaseline;
  /**
   * The machines that are known, by their measurements. `any` accepts every one, and then proves little: any guest can put the hash of
   * claims and keys of its own into its report data, as Azure's paravisor does with those of its vTPM.
   */
  readonly machines: readonly TdxReferenceValue[] | 'any';
}

/** What is decided for guests on SEV-SNP. */
export interface AzureSevSnpOptions {
  readonly collateral: SnpCollateralOption;
  readonly baseline: SevSnpBaseline;
  /** As for TDX. */
  readonly machines: readonly SnpReferenceValue[] | 'any';
}

/**
 * What is decided for Azure guests. At least one of `sevSnp` and `tdx`; guests on the other technology are refused. The evidence commits to
 * no data beside it, so there is none to compare, and nothing tells how old its quote is.
 */
export interface AzureGuestOptions extends CommonOptions {
  readonly sevSnp?: AzureSevSnpOptions;
  readonly tdx?: AzureTdxOptions;
  /** Default `false`: refuses keys for replies that work in other states than the quoted one. */
  readonly unboundReplyKeys?: false | 'any';
}

/** A known machine, or one that was accepted without being known. */
export interface VerifiedAzureGuest extends AzureGuestAppraisal {
  /** Of the reference value that the machine fits; undefined: it fits none. */
  readonly complianceStatus: string | undefined;
}

/**
 * Verifies the evidence of an Azure guest: hardware, baseline, machine, vTPM quote, event log, and the key for replies. Throws
 * `ConfigurationError` for misuse.
 * @param evidence the JSON document that `attestationInfo` holds, UTF-8
 */
export function verifyAzureGuest(evidence: Uint8Array, options: AzureGuestOptions): Outcome<VerifiedAzureGuest> {
  const bytes = readEvidence(evidence);
  checkGuestOptions(options);
  return settle(() => {
    const guest = unwrap(parseAzureGuest(bytes));
    const { hardware, complianceStatus, machines } = verifyHardware(guest.proof, options);
    const appraisal = unwrap(appraiseAzureGuest(guest, hardware));
    const { unboundReplyKeys } = options;
    unwrap(
      checkAzureGuestBaseline(appraisal, complianceStatus, {
        unknownMachines: machines === 'any' ? 'accept' : 'refuse',
        unboundReplyKeys: unboundReplyKeys === 'any' ? 'accept' : 'refuse',
      }),
    );
    return { ...appraisal, complianceStatus };
  });
}

function checkGuestOptions(options: AzureGuestOptions): void {
  const names = { sevSnp: true, tdx: true, at: true, debug: true, trustAnchors: true, unboundReplyKeys: true } as const;
  checkOptions<AzureGuestOptions>(options, names, 'options');
  const { sevSnp, tdx } = options;
  checkCommonOptions(options);
  checkDecision(options.unboundReplyKeys, 'options.unboundReplyKeys');
  if (sevSnp === undefined && tdx === undefined) {
    throw new ConfigurationError('options', 'sevSnp, tdx, or both', 'option-missing');
  }
  const hardwareNames = { collateral: true, baseline: true, machines: true } as const;
  if (sevSnp !== undefined) {
    checkOptions<AzureSevSnpOptions>(sevSnp, hardwareNames, 'options.sevSnp');
    checkSnpCollateralOption(sevSnp.collateral, options, 'options.sevSnp.collateral');
    checkSevSnpBaseline(sevSnp.baseline, 'options.sevSnp.baseline');
    checkSnpMachines(sevSnp.machines, 'options.sevSnp.machines');
  }
  if (tdx !== undefined) {
    checkOptions<AzureTdxOptions>(tdx, hardwareNames, 'options.tdx');
    checkIntelCollateralOption(tdx.collateral, options, 'options.tdx.collateral');
    checkIntelBaseline(tdx.baseline, 'options.tdx.baseline');
    checkTdxMachines(tdx.machines, 'options.tdx.machines');
  }
}

interface VerifiedHardware {
  readonly hardware: AzureHardware;
  readonly complianceStatus: string | undefined;
  readonly machines: readonly object[] | 'any';
}

function verifyHardware(proof: GuestProof, options: AzureGuestOptions): VerifiedHardware {
  const { at, sevSnp, tdx } = options;
  if (proof.type === 'Tdx') {
    if (tdx === undefined) return refuseTechnology(proof.type);
    const hardware = unwrap(appraiseTdx(proof.evidence, verifiedIntel(tdx.collateral, options), { at }));
    demandIntelBaseline(hardware, tdx.baseline, options);
    const complianceStatus = tdx.machines === 'any' ? undefined : tdxComplianceStatus(hardware.body, tdx.machines);
    return { hardware, complianceStatus, machines: tdx.machines };
  }
  if (sevSnp === undefined) return refuseTechnology(proof.type);
  const { evidence } = proof;
  const endorsements = verifiedAmd(sevSnp.collateral, evidence.report, evidence.certificates, options);
  const hardware = unwrap(appraiseSnp(evidence, endorsements, { at }));
  demandSevSnpBaseline(hardware, sevSnp.baseline, options);
  const known = sevSnp.machines === 'any' ? [] : sevSnp.machines;
  const { complianceStatus } = unwrap(appraiseSnpGuest(hardware.report, [], known, at));
  return { hardware, complianceStatus, machines: sevSnp.machines };
}

function refuseTechnology(type: string): never {
  return refuse(
    'azure-guest-isolation',
    'IsolationInfo.Type',
    `guests on ${type} are not accepted: no option says how`,
  );
}
