/** Verifies SGX evidence in one call: genuine, current enough, not debuggable, and bound to the data. */
import { settle, unwrap } from '@atesto/core';
import type { Outcome } from '../outcome.ts';
import type { SgxAppraisal } from '../sgx/appraisal.ts';
import { appraiseSgx } from '../sgx/appraise.ts';
import { checkSgxRuntimeData } from '../sgx/binding.ts';
import { parseSgxEvidence } from '../sgx/parse.ts';
import { checkIntelOptions, demandIntelBaseline, type IntelOptions, verifiedIntel } from './intel.ts';
import { readEvidence, readRuntimeData } from './options.ts';

/**
 * Verifies SGX evidence. A value is genuine, meets the baseline, cannot be debugged unless allowed, and commits to the runtime data. Which
 * enclave it is (`body.mrEnclave`, `body.mrSigner`, `body.isvSvn`) is for the caller to compare. Throws `ConfigurationError` for misuse.
 * @param evidence a quote of version 3, 4 or 5, an Open Enclave report, or Open Enclave evidence
 */
export function verifySgx(evidence: Uint8Array, options: IntelOptions): Outcome<SgxAppraisal> {
  const bytes = readEvidence(evidence);
  checkIntelOptions(options);
  const { collateral, at, baseline } = options;
  const data = readRuntimeData(options.runtimeData);
  return settle(() => {
    const parsed = unwrap(parseSgxEvidence(bytes));
    const appraisal = unwrap(appraiseSgx(parsed, verifiedIntel(collateral, options), { at }));
    demandIntelBaseline(appraisal, baseline, options);
    if (data !== undefined) unwrap(checkSgxRuntimeData(appraisal.body, data));
    return appraisal;
  });
}
