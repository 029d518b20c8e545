/** The public evaluation API: a policy and claims in, a verdict out. */

import type { Spent } from './budget.ts';
import type { Claim, ClaimValue } from './claims/claim.ts';
import type { CompiledPolicy } from './compile.ts';
import { configureProgram, type EvaluateOptions, evaluateProgram, type Verdict } from './evaluate/evaluate.ts';
import type { PolicyOutcome } from './refusal.ts';

export type { EvaluateOptions, Verdict } from './evaluate/evaluate.ts';
export type { RunWarning } from './evaluate/program.ts';
export type { Issued } from './evaluate/run.ts';

/**
 * Evaluates a policy over claims: configuration, authorization, issuance. Deterministic; bounded by counted work, not by time.
 *
 * @example
 * const claims = [{ type: 'x-ms-sgx-svn', value: 3n, issuer: 'AttestationService' }] as const;
 * const verdict = evaluatePolicy(policy, claims);
 * if (verdict.ok && verdict.authorized) console.log(verdict.outgoing);
 */
export function evaluatePolicy(
  policy: CompiledPolicy,
  claims: readonly Claim[],
  options: EvaluateOptions = {},
): Verdict {
  return evaluateProgram(policy.program, claims, options);
}

/** The configuration properties that a policy sets, and their cost. */
export type Configured = PolicyOutcome<ReadonlyMap<string, ClaimValue>> & { readonly spent: Spent };

/** Evaluates only the configuration rules, over the claims that are known before appraisal. */
export function configure(policy: CompiledPolicy, claims: readonly Claim[] = []): Configured {
  const verdict = configureProgram(policy.program, claims);
  const { spent } = verdict;
  return verdict.ok
    ? { ok: true, value: verdict.configuration, spent }
    : { ok: false, refusal: verdict.refusal, spent };
}
