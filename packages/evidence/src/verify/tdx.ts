/** Verifies TDX evidence in one call: genuine, current enough, not debuggable, and bound to the data. */
import { settle, unwrap } from '@atesto/core';
import type { Outcome } from '../outcome.ts';
import type { TdxAppraisal } from '../tdx/appraisal.ts';
import { appraiseTdx } from '../tdx/appraise.ts';
import { checkTdxRuntimeData } from '../tdx/binding.ts';
import { parseTdxEvidence } from '../tdx/parse.ts';
import { checkIntelOptions, demandIntelBaseline, type IntelOptions, verifiedIntel } from './intel.ts';
import { readEvidence, readRuntimeData } from './options.ts';

/**
 * Verifies TDX evidence. A value is genuine, meets the baseline, cannot be debugged unless allowed, and commits to the runtime data. Which
 * trust domain it is (`body.mrTd`, `body.rtmrs`) is for the caller to compare. Throws `ConfigurationError` for misuse.
 * @param evidence a quote of version 4 or 5
 */
export function verifyTdx(evidence: Uint8Array, options: IntelOptions): Outcome<TdxAppraisal> {
  const bytes = readEvidence(evidence);
  checkIntelOptions(options);
  const { collateral, at, baseline } = options;
  const data = readRuntimeData(options.runtimeData);
  return settle(() => {
    const parsed = unwrap(parseTdxEvidence(bytes));
    const appraisal = unwrap(appraiseTdx(parsed, verifiedIntel(collateral, options), { at }));
    demandIntelBaseline(appraisal, baseline, options);
    if (data !== undefined) unwrap(checkTdxRuntimeData(appraisal.body, data));
    return appraisal;
  });
}
