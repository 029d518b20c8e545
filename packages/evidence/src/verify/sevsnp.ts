/** Verifies SEV-SNP evidence in one call: genuine, current enough, not debuggable, and bound to the data. */
import { checkOptions, settle, unwrap } from '@atesto/core';
import type { Outcome } from '../outcome.ts';
import type { SnpAppraisal } from '../sevsnp/appraisal.ts';
import { appraiseSnp } from '../sevsnp/appraise.ts';
import { checkSnpRuntimeData } from '../sevsnp/binding.ts';
import { parseSnpEvidence } from '../sevsnp/document.ts';
import {
  checkSevSnpBaseline,
  checkSnpCollateralOption,
  demandSevSnpBaseline,
  type SevSnpBaseline,
  type SnpCollateralOption,
  verifiedAmd,
} from './amd.ts';
import { type BoundOptions, checkCommonOptions, readEvidence, readRuntimeData } from './options.ts';

/** What is decided for SEV-SNP evidence. */
export interface SevSnpOptions extends BoundOptions {
  readonly collateral: SnpCollateralOption;
  readonly baseline: SevSnpBaseline;
}

/**
 * Verifies SEV-SNP evidence. A value is genuine, meets the baseline, cannot be debugged unless allowed, and commits to the runtime data.
 * Which guest it is (`report.measurement`, `report.idKeyDigest`, `report.hostData`) is for the caller to compare. Throws
 * `ConfigurationError` for misuse.
 * @param evidence a report of 1184 bytes, or the JSON document of Azure's guests
 */
export function verifySevSnp(evidence: Uint8Array, options: SevSnpOptions): Outcome<SnpAppraisal> {
  const bytes = readEvidence(evidence);
  const names = {
    collateral: true,
    at: true,
    baseline: true,
    debug: true,
    runtimeData: true,
    trustAnchors: true,
  } as const;
  checkOptions<SevSnpOptions>(options, names, 'options');
  const { collateral, at, baseline } = options;
  checkCommonOptions(options);
  checkSnpCollateralOption(collateral, options, 'options.collateral');
  checkSevSnpBaseline(baseline, 'options.baseline');
  const data = readRuntimeData(options.runtimeData);
  return settle(() => {
    const parsed = unwrap(parseSnpEvidence(bytes));
    const verified = verifiedAmd(collateral, parsed.report, parsed.certificates, options);
    const appraisal = unwrap(appraiseSnp(parsed, verified, { at }));
    demandSevSnpBaseline(appraisal, baseline, options);
    if (data !== undefined) unwrap(checkSnpRuntimeData(appraisal.report, data));
    return appraisal;
  });
}
