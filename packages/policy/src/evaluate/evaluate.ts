/** Evaluates a compiled policy over claims (policy language, section 5). */
import { settle } from '@atesto/core';
import { Budget, type Spent } from '../budget.ts';
import type { Claim, ClaimValue } from '../claims/claim.ts';
import type { PolicyCode } from '../codes.ts';
import type { PolicyRefusal } from '../refusal.ts';
import { Recorder } from '../trace/recorder.ts';
import type { Effect, TraceRule } from '../trace/trace.ts';
import { operandsOf, select } from './conditions.ts';
import type { Bound, CompiledRule, Program, RunWarning } from './program.ts';
import { type Issued, RunState } from './run.ts';

/**
 * What a policy decides: `permitted` issues claims; `denied` is the policy's own no; `failed` could not be evaluated, which is no permission
 * either.
 */
export type Decision = 'permitted' | 'denied' | 'failed';

interface Result {
  /** Claims for the token in order of first issue; empty unless permitted. */
  readonly outgoing: readonly Issued[];
  /** Properties of the token; empty unless permitted. */
  readonly properties: ReadonlyMap<string, ClaimValue>;
  /** Empty when the evaluation failed. */
  readonly configuration: ReadonlyMap<string, ClaimValue>;
  readonly warnings: readonly RunWarning[];
  /** Empty unless it was asked for. */
  readonly trace: readonly TraceRule[];
  /** The cost of the evaluation, without the cost of a trace. */
  readonly spent: Spent;
}

/** The result of an evaluation: of one shape whatever was decided. */
export type Verdict = Result &
  (
    | { readonly decision: 'permitted' | 'denied' }
    /** `where` of the refusal is the line and column of the rule. */
    | { readonly decision: 'failed'; readonly refusal: PolicyRefusal }
  );

/** Options of an evaluation. */
export interface EvaluateOptions {
  /** Record a trace. It has its own budget, `limits.traceWork`, so that a verdict never depends on whether it was traced. */
  readonly trace?: boolean;
  /** The claims known before appraisal; configuration rules see only these. Absent: all claims. */
  readonly configurationClaims?: readonly Claim[];
  /** Units of work that the evaluation and its explanation may take together; absent: `limits.work`. */
  readonly work?: number;
}

/** Evaluates all sections. A failed evaluation returns no claims. */
export function evaluateProgram(program: Program, claims: readonly Claim[], options: EvaluateOptions): Verdict {
  return evaluateTraced(program, claims, options, options.trace === true ? new Recorder() : undefined);
}

/** The same, recorded by a recorder. */
export function evaluateTraced(
  program: Program,
  claims: readonly Claim[],
  options: Pick<EvaluateOptions, 'configurationClaims' | 'work'>,
  recorder: Recorder | undefined,
): Verdict {
  const run = new RunState(program, new Budget(options.work), recorder);
  return settleRun(run, () => {
    const known = options.configurationClaims;
    run.accept(known ?? claims);
    runSection(run, program.sections.configurationrules);
    if (known !== undefined) run.accept(claims);
    if (!isPermitted(run)) return verdictOf(run, 'denied');
    runSection(run, program.sections.issuancerules);
    return verdictOf(run, 'permitted');
  });
}

/** Evaluates only the configuration rules: permits nothing. */
export function configureProgram(program: Program, claims: readonly Claim[]): Verdict {
  const run = new RunState(program, new Budget(), undefined);
  return settleRun(run, () => {
    run.accept(claims);
    runSection(run, program.sections.configurationrules);
    return verdictOf(run, 'denied');
  });
}

function settleRun(run: RunState, work: () => Verdict): Verdict {
  const outcome = settle<Verdict, PolicyCode>(work);
  if (outcome.ok) return outcome.value;
  const { rule, recorder } = run;
  if (rule !== undefined) recorder?.end(rule, 'failed');
  const where = rule === undefined ? 'claims' : `line ${rule.tree.line}, column ${rule.tree.column}`;
  const refusal = { ...outcome.refusal, where };
  const nothing = { outgoing: [], properties: new Map(), configuration: new Map(), warnings: [] };
  return { decision: 'failed', refusal, ...nothing, trace: recorder?.rules ?? [], spent: run.budget.spent };
}

function verdictOf(run: RunState, decision: 'permitted' | 'denied'): Verdict {
  const isPermitted = decision === 'permitted';
  return {
    decision,
    outgoing: isPermitted ? run.outgoing : [],
    properties: isPermitted ? run.properties : new Map(),
    configuration: run.configuration,
    warnings: run.warnings,
    trace: run.recorder?.rules ?? [],
    spent: run.budget.spent,
  };
}

function runSection(run: RunState, rules: readonly CompiledRule[]): void {
  for (const rule of rules) runRule(run, rule);
}

/** Whether a permit took effect and no deny did; rules after a permit still run. */
function isPermitted(run: RunState): boolean {
  let permitted = false;
  for (const rule of run.program.sections.authorizationrules) {
    const effect = runRule(run, rule);
    if (effect === 'denied') return false;
    if (effect === 'permitted') permitted = true;
  }
  return permitted;
}

function runRule(run: RunState, rule: CompiledRule): Effect {
  run.rule = rule;
  const bound = bind(run, rule);
  if (bound !== undefined) rule.act(run, bound);
  const effect = bound === undefined ? 'skipped' : effectOf(rule);
  run.recorder?.end(rule, effect);
  run.rule = undefined;
  return effect;
}

function effectOf({ tree }: CompiledRule): Effect {
  if (tree.action.name === 'permit') return 'permitted';
  return tree.action.name === 'deny' ? 'denied' : 'made';
}

const unbound: Bound = [];

/** The claims of each identifier; undefined when a condition does not hold. */
function bind(run: RunState, { conditions }: CompiledRule): Bound | undefined {
  if (conditions.length === 0) return unbound;
  const bound: (readonly Claim[])[] = [];
  for (const condition of conditions) {
    const operands = operandsOf(run, condition, bound);
    const selected = select(run, condition, operands);
    const holds = selected.length > 0 !== condition.negated;
    run.recorder?.condition(run.claims, condition, operands, selected, holds);
    if (!holds) return undefined;
    if (condition.binds) bound.push(selected);
  }
  return bound;
}
