/** The public evaluation API: a policy and claims in, a verdict out. */

import { ConfigurationError, checkOptions } from '@atesto/core';
import type { Spent } from './budget.ts';
import type { Claim, ClaimValue } from './claims/claim.ts';
import { type CompiledPolicy, programOf } from './compile.ts';
import { configureProgram, type EvaluateOptions, evaluateProgram, type Verdict } from './evaluate/evaluate.ts';
import type { PolicyOutcome } from './refusal.ts';

export type { Decision, EvaluateOptions, Verdict } from './evaluate/evaluate.ts';
export type { RunWarning } from './evaluate/program.ts';
export type { Issued } from './evaluate/run.ts';

/**
 * Evaluates a policy over claims: configuration, authorization, issuance. Deterministic; bounded by counted work, not by time. Throws
 * `ConfigurationError` for wrong options alone.
 *
 * @example
 * const claims = [{ type: 'x-ms-sgx-svn', value: 3n, issuer: 'AttestationService' }] as const;
 * const verdict = evaluatePolicy(policy, claims);
 * if (verdict.decision === 'permitted') console.log(verdict.outgoing);
 */
export function evaluatePolicy(
  policy: CompiledPolicy,
  claims: readonly Claim[],
  options: EvaluateOptions = {},
): Verdict {
  checkEvaluateOptions(options);
  return evaluateProgram(programOf(policy), claims, options);
}

function checkEvaluateOptions(options: EvaluateOptions): void {
  checkOptions(options, { trace: true, configurationClaims: true, work: true }, 'options');
  const { trace, work } = options;
  if (trace !== undefined && typeof trace !== 'boolean') throw new ConfigurationError('options.trace', 'true or false');
  if (work !== undefined && !Number.isFinite(work))
    throw new ConfigurationError('options.work', 'a number of units of work');
}

/** The configuration properties that a policy sets, and their cost. */
export type Configured = PolicyOutcome<ReadonlyMap<string, ClaimValue>> & { readonly spent: Spent };

/** Evaluates only the configuration rules, over the claims that are known before appraisal. */
export function configure(policy: CompiledPolicy, claims: readonly Claim[] = []): Configured {
  const verdict = configureProgram(programOf(policy), claims);
  const { spent } = verdict;
  return verdict.decision === 'failed'
    ? { ok: false, refusal: verdict.refusal, spent }
    : { ok: true, value: verdict.configuration, spent };
}
