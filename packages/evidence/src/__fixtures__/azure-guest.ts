/** Simulated confidential VMs of Azure for tests in which exactly one thing is wrong. */

import type { Outcome } from '@atesto/core';
import { SimulatedAzureGuest } from '@atesto/testing/azure';
import { createSimulatedSnpPlatform, generateAmdKeys, type SimulatedSnpPlatform } from '@atesto/testing/sevsnp';
import { createSimulatedVtpm } from '@atesto/testing/tpm';
import { type AzureHardware, appraiseSnp, type GuestProof, verifySnpEndorsements } from '../advanced.ts';
import { appraiseSnpBytes, appraiseTdxBytes } from './appraise-bytes.ts';
import { anchorOf, at, makePlatform } from './intel-platform.ts';

export const vtpm = await createSimulatedVtpm();
const milan: SimulatedSnpPlatform = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
const intel = await makePlatform();
export const tdxCollateral = await intel.collateral({ tee: 'tdx' });
export const endorsements = await milan.endorsements();

/** The roots above both machines. */
export const milanRoot = { name: 'simulated root', spkiSha256: milan.rootFingerprint, development: true };
export const intelRoot = anchorOf(intel);

export const snpGuest = new SimulatedAzureGuest({ kind: 'SevSnp', platform: milan }, vtpm);
export const tdxGuest = new SimulatedAzureGuest({ kind: 'Tdx', platform: intel }, vtpm);

function appraised<Value>(outcome: Outcome<Value>): Value {
  if (!outcome.ok) throw new Error(`${outcome.refusal.code} at ${outcome.refusal.where}: ${outcome.refusal.why}`);
  return outcome.value;
}

/** The appraisal of the hardware evidence in a guest's document. */
export function hardwareOfProof(proof: GuestProof): AzureHardware {
  if (proof.type === 'Tdx') return tdxHardware(proof.evidence.quote.bytes);
  return appraised(
    appraiseSnp(proof.evidence, appraised(verifySnpEndorsements(endorsements, { trustAnchors: [milanRoot] })), { at }),
  );
}

/** The appraisal of a report of the SEV-SNP machine. */
export function snpHardware(report: Uint8Array): AzureHardware {
  return appraised(appraiseSnpBytes(report, endorsements, { at, trustAnchors: [milanRoot] }));
}

/** The appraisal of a quote of the TDX machine. */
export function tdxHardware(quote: Uint8Array): AzureHardware {
  return appraised(appraiseTdxBytes(quote, tdxCollateral, { at, trustAnchors: [intelRoot] }));
}
