/** A simulated confidential machine of Azure, on SEV-SNP, and the appraisal of its hardware. */
import type { Outcome } from '@atesto/core';
import { type AzureHardware, appraiseSnp, readHclReport } from '@atesto/evidence';
import { createSimulatedVtpm, SimulatedAzureGuest } from '@atesto/simulator';
import { amdOptions, milan } from './amd.ts';

export const vtpm = await createSimulatedVtpm();
export const guest = new SimulatedAzureGuest({ kind: 'SevSnp', platform: milan }, vtpm);
const endorsements = await milan.endorsements();

/** Appraises an SEV-SNP report of the machine. */
export function appraiseHardware(report: Uint8Array): Outcome<AzureHardware> {
  return appraiseSnp(report, endorsements, amdOptions);
}

export const hclReport = guest.hclReport();
const hcl = readHclReport(hclReport);
const appraised = hcl.ok ? appraiseHardware(hcl.value.hardwareReport) : hcl;
if (!appraised.ok) throw new Error(`the simulated machine is refused: ${appraised.refusal.code}`);

/** The appraisal of its faultless report. */
export const hardware = appraised.value;
