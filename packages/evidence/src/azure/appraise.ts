/**
 * Appraises an Azure confidential VM. The chain of trust: vendor -> hardware report -> runtime claims -> attestation key -> vTPM quote -> PCRs.
 * The hardware evidence is appraised by its own technology first; its result is an argument.
 */
import { settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { HclReport } from './hcl-report.ts';
import {
  type AzureHardware,
  attestationKeyOf,
  checkRuntimeData,
  parseRuntimeClaims,
  type RuntimeClaims,
} from './runtime-claims.ts';
import { appraiseVtpm, type VtpmAppraisal, type VtpmEvidence, type VtpmOptions } from './vtpm.ts';

/** A genuine confidential VM with the state of its vTPM. */
export interface AzureCvmAppraisal extends VtpmAppraisal {
  readonly tee: 'azure-cvm';
  readonly hardware: AzureHardware;
  readonly hcl: HclReport;
  readonly runtimeClaims: RuntimeClaims;
}

function checkKind(hcl: HclReport, hardware: AzureHardware): void {
  const kind = hardware.tee === 'tdx' ? 'TDX' : 'SEV-SNP';
  if (hcl.reportType !== kind) {
    refuse('hcl-report-type', 'hcl report', `the HCL report is of ${hcl.reportType}, the hardware evidence of ${kind}`);
  }
}

/**
 * Appraises the vTPM's quote under genuine hardware evidence.
 * @param hcl from `parseHclReport`
 * @param hardware the appraisal of the SNP report in the HCL report, or of a TD quote that commits to the same runtime claims
 */
export function appraiseAzureCvm(
  hcl: HclReport,
  hardware: AzureHardware,
  vtpm: VtpmEvidence,
  options: VtpmOptions,
): Outcome<AzureCvmAppraisal> {
  return settle(() => {
    checkKind(hcl, hardware);
    checkRuntimeData(hcl.runtimeData, hardware);
    const runtimeClaims = parseRuntimeClaims(hcl.runtimeData.claims);
    const state = appraiseVtpm(vtpm, attestationKeyOf(runtimeClaims), options);
    return { tee: 'azure-cvm', hardware, hcl, runtimeClaims, ...state };
  });
}
