/** Explains why a policy refused: the deny that ran, or for each rule that could permit, the first test that failed. */

import type { Claim, ClaimValue } from '../claims/claim.ts';
import { type CompiledPolicy, programOf } from '../compile.ts';
import { type EvaluateOptions, evaluateProgram, evaluateTraced, type Verdict } from '../evaluate/evaluate.ts';
import { limits } from '../limits.ts';
import type { PolicyRefusal } from '../refusal.ts';
import { Recorder } from './recorder.ts';
import { mostShown, type Place, type TraceCondition, type TraceRule, type TraceTest } from './trace.ts';

/** A rule that could have permitted, and why it did not. */
export interface FailedRule extends Place {
  /** The condition that did not hold. */
  readonly condition: TraceCondition;
  /** The first test that no claim passed; undefined where a negated condition selected claims. */
  readonly test: TraceTest | undefined;
  /** The claim type that the condition names, if any. */
  readonly claimType: string | undefined;
  /** When there is no claim of that type: an earlier rule that would have made one, and why it did not. */
  readonly maker?: FailedRule;
}

/** Why a request was refused. Both sentences name the decisive rule; only `detail` shows values of claims and of the policy. */
export type Explanation = { readonly message: string; readonly detail: string } & (
  | { readonly kind: 'denied'; readonly rule: TraceRule }
  | { readonly kind: 'nothing-permitted'; readonly rules: readonly FailedRule[] }
  | { readonly kind: 'failed'; readonly refusal: PolicyRefusal }
  /** The evaluation left too little of its budget for an explanation. */
  | { readonly kind: 'unexplained' }
);

/** Explains a refusal; undefined when the policy permits. Evaluates, and explains as {@link explainVerdict}. */
export function explainRefusal(
  policy: CompiledPolicy,
  claims: readonly Claim[],
  options: Omit<EvaluateOptions, 'trace'> = {},
): Explanation | undefined {
  return explainVerdict(policy, claims, evaluateProgram(programOf(policy), claims, options), options);
}

/**
 * Explains the verdict of a policy over claims, reached under the same options; undefined when it permits. Evaluates again, with a trace, where
 * that is needed: within what the verdict left of the budget of one evaluation.
 */
export function explainVerdict(
  policy: CompiledPolicy,
  claims: readonly Claim[],
  verdict: Verdict,
  options: Omit<EvaluateOptions, 'trace'> = {},
): Explanation | undefined {
  if (verdict.decision !== 'denied') return explainTraced(verdict);
  const { work } = verdict.spent;
  const left = (options.work ?? limits.work) - 2 * work;
  if (left < 0) {
    const message = 'The policy refused. Which rule decided takes more work to find out than is allowed.';
    return { kind: 'unexplained', message, detail: message };
  }
  return explainTraced(evaluateTraced(programOf(policy), claims, { ...options, work }, new Recorder(left)));
}

/** Explains a verdict by its trace; undefined when it permits. */
export function explainTraced(verdict: Verdict): Explanation | undefined {
  if (verdict.decision === 'failed') {
    const { refusal } = verdict;
    const message = `The policy could not be evaluated (${refusal.code}, ${refusal.where}).`;
    return {
      kind: 'failed',
      refusal,
      message,
      detail: `The policy could not be evaluated: ${refusal.where}: ${refusal.why}.`,
    };
  }
  if (verdict.decision === 'permitted') return undefined;
  const denied = verdict.trace.find(({ effect }) => effect === 'denied');
  return denied === undefined ? explainNothing(verdict.trace) : explainDenied(denied);
}

/**
 * The types of the claims that decided, each once, of as many rules as the sentences name: those for which a rule denied, or those that rules
 * that could permit asked for in vain. A claim that an earlier rule would have made stands for what that rule asked for.
 */
export function decisiveClaims(explanation: Explanation): string[] {
  switch (explanation.kind) {
    case 'denied': {
      const { conditions } = explanation.rule;
      return distinct(conditions.flatMap(({ negated, claims }) => (negated ? [] : claims.map(({ type }) => type))));
    }
    case 'nothing-permitted':
      return distinct(explanation.rules.slice(0, mostRules).flatMap((rule) => lastMaker(rule).claimType ?? []));
    default:
      return [];
  }
}

function lastMaker(rule: FailedRule): FailedRule {
  return rule.maker === undefined ? rule : lastMaker(rule.maker);
}

function distinct(types: readonly string[]): string[] {
  return [...new Set(types)].slice(0, mostShown);
}

function explainDenied(rule: TraceRule): Explanation {
  const message = `The rule in line ${rule.line} denied.`;
  const because = rule.conditions.map(shownCondition).join(' and ');
  return {
    kind: 'denied',
    rule,
    message,
    detail: because === '' ? `${message} It has no condition.` : `${message} It holds since ${because}.`,
  };
}

function shownCondition({ negated, claims, selected }: TraceCondition): string {
  if (negated) return 'no claim is of the kind that it excludes';
  const [first] = claims;
  if (first === undefined) return 'it selects nothing';
  const more = selected > 1 ? ` (and ${selected - 1} more)` : '';
  return `${shownText(first.type)} is ${shownValue(first.value)}${more}`;
}

function explainNothing(trace: readonly TraceRule[]): Explanation {
  const rules = trace.flatMap((rule, index) =>
    rule.action === 'permit' && rule.effect === 'skipped' ? failedRule(rule, trace, index, mostMakers) : [],
  );
  if (rules.length === 0) {
    const message = 'The policy has no rule that permits.';
    return { kind: 'nothing-permitted', rules, message, detail: message };
  }
  const sentence = (tell: (rule: FailedRule) => string): string =>
    `No rule permitted. ${rules.slice(0, mostRules).map(tell).join(' ')}${rules.length > mostRules ? ` And ${rules.length - mostRules} more.` : ''}`;
  return { kind: 'nothing-permitted', rules, message: sentence(openly), detail: sentence(inDetail) };
}

/** The maximum number of rules that a sentence names. */
const mostRules = 3;

/** The maximum length of a chain of rules that would have made each other's claims. */
const mostMakers = 4;

/** `index`: the index of the rule in the trace. */
function failedRule(rule: TraceRule, trace: readonly TraceRule[], index: number, makers: number): FailedRule[] {
  const condition = rule.conditions.find(({ holds }) => !holds);
  if (condition === undefined) return [];
  const test = condition.negated ? undefined : condition.tests.find(({ passed }) => passed === 0);
  const named = condition.tests.find(({ property, operator }) => property === 'type' && operator === '==')?.wanted;
  const claimType = named?.length === 1 && typeof named[0] === 'string' ? named[0] : undefined;
  const isAbsent = test?.property === 'type' && claimType !== undefined && makers > 0;
  const [maker] = isAbsent ? makerOf(claimType, trace.slice(0, index), makers - 1) : [];
  const failed = { line: rule.line, column: rule.column, condition, test, claimType };
  return [maker === undefined ? failed : { ...failed, maker }];
}

/** The last rule that would have made claims of the type, and why it did not. */
function makerOf(type: string, before: readonly TraceRule[], makers: number): FailedRule[] {
  const index = before.findLastIndex(({ wouldMake }) => wouldMake === type);
  const rule = before[index];
  return rule === undefined ? [] : failedRule(rule, before, index, makers);
}

/** Names rule and test, and shows no value. */
function openly(rule: FailedRule): string {
  return chained(rule, 'asks', openReason);
}

/** A sentence for the rule, one for the rule that would have made its claim, and so on. */
function chained(rule: FailedRule, verb: string, tell: (rule: FailedRule, at: string) => string): string {
  const sentences = [tell(rule, `The rule in line ${rule.line} ${verb}`)];
  for (let { maker } = rule; maker !== undefined; { maker } = maker)
    sentences.push(tell(maker, `The rule in line ${maker.line} would make one; it ${verb}`));
  return sentences.join(' ');
}

function openReason({ condition, test, claimType }: FailedRule, at: string): string {
  const claim = claimType === undefined ? 'a claim' : shownText(claimType);
  if (condition.negated) return `${at} that there is no such claim as ${claim} (line ${condition.line}).`;
  if (condition.shortened === true) return `${at} for a claim that is not there (line ${condition.line}).`;
  if (test === undefined) return `${at} for a claim, and there is none (line ${condition.line}).`;
  if (test.property === 'type') return `${at} for ${claim}, and there is no such claim (line ${test.line}).`;
  return `${at} for ${claim} with another ${test.property} (line ${test.line}).`;
}

function inDetail(rule: FailedRule): string {
  return chained(rule, 'needs', detailedReason);
}

function detailedReason({ condition, test, claimType }: FailedRule, at: string): string {
  const claim = claimType === undefined ? 'a claim' : shownText(claimType);
  if (condition.negated) {
    const [found] = condition.claims;
    return `${at} that no claim matches its condition in line ${condition.line}, and ${found === undefined ? 'one does' : `${shownText(found.type)} is ${shownValue(found.value)}`}.`;
  }
  if (condition.shortened === true) return `${at} a claim that is not there (line ${condition.line}).`;
  if (test === undefined) return `${at} a claim, and there is none.`;
  const wanted = test.wanted.length === 0 ? 'nothing at all' : test.wanted.map(shownValue).join(' or ');
  if (test.property === 'type' && test.operator === '==') return `${at} a claim of type ${wanted}, and there is none.`;
  const actual = test.actual.length === 0 ? 'absent' : test.actual.map(shownValue).join(', ');
  return `${at} ${claim} with ${test.property} ${test.operator} ${wanted}, and it is ${actual}.`;
}

/** A value for a sentence: quoted when it is text, short. */
export function shownValue(value: ClaimValue): string {
  return typeof value === 'string' ? JSON.stringify(shownText(value)) : String(value);
}

const longest = 80;

function shownText(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
