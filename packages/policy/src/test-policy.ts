/** Tests a policy against cases: claims, and what the policy is to make of them. */
import {
  type AttestationType,
  type Claims,
  ConfigurationError,
  checkObject,
  checkOptions,
  checkText,
  type JsonValue,
  sameJson,
  writeExactJson,
} from '@atesto/core';
import type { Claim } from './claims/claim.ts';
import { claimsByStage } from './claims/known.ts';
import { claimsOfMembers } from './claims/of-members.ts';
import type { PolicyCode } from './codes.ts';
import { type CompiledPolicy, compilePolicy } from './compile.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Decision, Verdict } from './evaluate/evaluate.ts';
import { evaluatePolicy } from './evaluate-policy.ts';
import { issuedValue } from './report.ts';
import { explainVerdict } from './trace/explain.ts';

/** What a policy is to make of the claims. Only what is named is compared, and then as a whole. */
export interface PolicyExpectation {
  readonly decision: Decision;
  /** Exactly the issued claims by type, each with its value or the list of its values. */
  readonly outgoing?: Claims;
  /** Exactly the properties of the token by name. */
  readonly properties?: Claims;
  /** Exactly the configuration by name. */
  readonly configuration?: Claims;
  /** The code with which the evaluation fails. */
  readonly code?: PolicyCode;
}

/** One case. */
export interface PolicyCase {
  /** Each case has a name of its own. */
  readonly name: string;
  /** A list of claims, or an object of the values that the service states: `{"x-ms-sgx-is-debuggable": false}`. */
  readonly claims: readonly Claim[] | Claims;
  /** A decision alone, or with more of the result. */
  readonly expect: Decision | PolicyExpectation;
}

/** What came of one case. */
export interface PolicyCaseResult {
  readonly name: string;
  readonly passed: boolean;
  readonly decision: Decision;
  /** One sentence for each difference; empty when the case passed. */
  readonly differences: readonly string[];
}

/** What came of all cases. */
export interface PolicyTestReport {
  /** The policy has no errors, and every case passed. */
  readonly passed: boolean;
  /** The errors of the policy; with any, no case was run. */
  readonly errors: readonly Diagnostic[];
  /** In the order of the cases. */
  readonly results: readonly PolicyCaseResult[];
}

/** Options of testing a policy. */
export interface PolicyTestOptions {
  /** The attestation type of the policy. */
  readonly attestationType?: AttestationType;
}

/**
 * Tests a policy as the service would evaluate it: configuration rules see the attestation type alone. Throws `ConfigurationError` for cases
 * that are none, of which there are none, or that have the same name.
 *
 * @example
 * const report = testPolicy('version=1.0; authorizationrules { [type=="svn", value>=3] => permit(); }; issuancerules {};', [
 *   { name: 'current', claims: { svn: 3 }, expect: 'permitted' },
 *   { name: 'too old', claims: { svn: 2 }, expect: 'denied' },
 * ]);
 * console.log(report.passed);
 */
export function testPolicy(
  text: string,
  cases: readonly PolicyCase[],
  options: PolicyTestOptions = {},
): PolicyTestReport {
  checkPolicyCases(cases);
  const compiled = compilePolicy(text, options);
  if (!compiled.ok) return { passed: false, errors: compiled.errors, results: [] };
  const results = cases.map((each) => resultOf(compiled.value, each));
  return { passed: results.every(({ passed }) => passed), errors: [], results };
}

const decisions: readonly unknown[] = ['permitted', 'denied', 'failed'] satisfies Decision[];

/** Throws `ConfigurationError` for anything but a list of cases with names of their own, such as what a file may hold. */
export function checkPolicyCases(cases: unknown): asserts cases is readonly PolicyCase[] {
  if (!isAnyList(cases) || cases.length === 0) throw new ConfigurationError('cases', 'a list of at least one case');
  const names = new Set<string>();
  for (const [index, each] of cases.entries()) {
    const option = `cases[${index}]`;
    checkObject(each, option);
    checkOptions<Untyped<PolicyCase>>(each, { name: true, claims: true, expect: true }, option);
    const { name, claims, expect }: Untyped<PolicyCase> = each;
    checkText(name, `${option}.name`);
    if (names.has(name)) throw new ConfigurationError(`${option}.name`, `a name of its own, not ${name} again`);
    names.add(name);
    if (!Array.isArray(claims)) checkObject(claims, `${option}.claims`);
    checkExpectation(expect, `${option}.expect`);
  }
}

type Untyped<Type> = { readonly [Name in keyof Type]?: unknown };

function isAnyList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function checkExpectation(expect: unknown, option: string): void {
  if (decisions.includes(expect)) return;
  const wanted = 'permitted, denied or failed';
  if (typeof expect === 'string') throw new ConfigurationError(option, wanted);
  const names = { decision: true, outgoing: true, properties: true, configuration: true, code: true } as const;
  checkObject(expect, option);
  checkOptions<Untyped<PolicyExpectation>>(expect, names, option);
  const parts: Untyped<PolicyExpectation> = expect;
  if (!decisions.includes(parts.decision)) throw new ConfigurationError(`${option}.decision`, wanted);
  for (const part of ['outgoing', 'properties', 'configuration'] as const) {
    if (parts[part] !== undefined) checkObject(parts[part], `${option}.${part}`);
  }
  if (parts.code !== undefined) checkText(parts.code, `${option}.code`);
}

function resultOf(policy: CompiledPolicy, { name, claims, expect }: PolicyCase): PolicyCaseResult {
  const { known, appraised } = claimsByStage(isList(claims) ? claims : claimsOfMembers(claims, 'AttestationService'));
  const verdict = evaluatePolicy(policy, appraised, { configurationClaims: known });
  const expectation = typeof expect === 'string' ? { decision: expect } : expect;
  const differences = [
    ...decisionDifference(verdict, expectation, () => explainVerdict(policy, appraised, verdict)?.detail),
    ...codeDifference(verdict, expectation),
    ...partDifferences(verdict, expectation),
  ];
  return { name, passed: differences.length === 0, decision: verdict.decision, differences };
}

function isList(claims: PolicyCase['claims']): claims is readonly Claim[] {
  return Array.isArray(claims);
}

function decisionDifference(
  { decision }: Verdict,
  expected: PolicyExpectation,
  explain: () => string | undefined,
): string[] {
  if (decision === expected.decision) return [];
  const why = explain();
  return [`It is ${decision}, not ${expected.decision}${why === undefined ? '.' : `: ${why}`}`];
}

function codeDifference(verdict: Verdict, { code }: PolicyExpectation): string[] {
  if (code === undefined || verdict.decision !== 'failed' || verdict.refusal.code === code) return [];
  return [`It fails with ${verdict.refusal.code}, not ${code}.`];
}

function partDifferences(verdict: Verdict, expected: PolicyExpectation): string[] {
  const parts = {
    outgoing: Object.fromEntries(verdict.outgoing.map((issued) => [issued.type, issuedValue(issued)])),
    properties: Object.fromEntries(verdict.properties),
    configuration: Object.fromEntries(verdict.configuration),
  } as const;
  return (['outgoing', 'properties', 'configuration'] as const).flatMap((part) => {
    const wanted = expected[part];
    return wanted === undefined ? [] : memberDifferences(part, parts[part], wanted);
  });
}

function memberDifferences(part: string, have: Claims, wanted: Claims): string[] {
  const shown = (value: JsonValue | undefined): string => (value === undefined ? 'absent' : writeExactJson(value));
  return [...new Set([...Object.keys(wanted), ...Object.keys(have)])].flatMap((name) => {
    const [is, due] = [memberOf(have, name), memberOf(wanted, name)];
    return sameJson(is, due) ? [] : [`${part}: ${name} is ${shown(is)}, not ${shown(due)}.`];
  });
}

function memberOf(members: Claims, name: string): JsonValue | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}
