/** A simulated confidential machine of Azure, on SEV-SNP, and the appraisal of its hardware. */
import type { Outcome } from '@atesto/core';
import {
  type AzureHardware,
  appraiseSnp,
  type ParsedSnpReport,
  parseHclReport,
  parseSnpReport,
} from '@atesto/evidence/advanced';
import { SimulatedAzureGuest } from '@atesto/testing/azure';
import { createSimulatedVtpm } from '@atesto/testing/tpm';
import { amdOptions, milan, verifiedEndorsements } from './amd.ts';

export const vtpm = await createSimulatedVtpm();
export const guest = new SimulatedAzureGuest({ kind: 'SevSnp', platform: milan }, vtpm);
const endorsements = await verifiedEndorsements('VCEK');

/** Appraises an SEV-SNP report of the machine. */
export function appraiseHardware(report: Uint8Array): Outcome<AzureHardware> {
  const parsed = parseSnpReport(report);
  return parsed.ok ? appraiseReport(parsed.value) : parsed;
}

/** The same for a parsed report. */
export function appraiseReport(report: ParsedSnpReport): Outcome<AzureHardware> {
  return appraiseSnp(report, endorsements, amdOptions);
}

const hcl = parseHclReport(guest.hclReport());
if (!hcl.ok) throw new Error(`the simulated report is refused: ${hcl.refusal.code}`);
export const hclReport = hcl.value;
const appraised = appraiseHardware(hclReport.hardwareReport);
if (!appraised.ok) throw new Error(`the simulated machine is refused: ${appraised.refusal.code}`);

/** The appraisal of its faultless report. */
export const hardware = appraised.value;
