/**
 * The claim-rule language of Azure Attestation: parser, checker, evaluator, trace and formatter.
 *
 * @module policy
 */
export {
  type AttestationType,
  attestationTypes,
  type ConfigurationCode,
  ConfigurationError,
  isAttestationType,
  type Outcome,
  type Refusal,
  unwrap,
} from '@atesto/core';
export type { Spent } from './budget.ts';
export {
  type Claim,
  type ClaimIssuer,
  type ClaimValue,
  type ClaimValueType,
  claimIssuers,
  claimValueTypes,
  valueTypeOf,
} from './claims/claim.ts';
export { type ClaimsByStage, claimsByStage } from './claims/known.ts';
export { claimsOfMembers } from './claims/of-members.ts';
export { parseClaims } from './claims/read.ts';
export { type PolicyCode, policyCodes } from './codes.ts';
export {
  type CompiledPolicy,
  type CompileOptions,
  type CompileOutcome,
  compilePolicy,
  type PolicyDiagnostics,
} from './compile.ts';
export { defaultPolicies } from './default-policies.ts';
export type { Diagnostic, Severity } from './diagnostic.ts';
export {
  type Configured,
  configure,
  type Decision,
  type EvaluateOptions,
  evaluatePolicy,
  type Issued,
  type RunWarning,
  type Verdict,
} from './evaluate-policy.ts';
export { type FormatOutcome, formatPolicy } from './format/format.ts';
export { policyHash, policyTokenHash } from './hash.ts';
export { limits } from './limits.ts';
export type { PolicyOutcome, PolicyRefusal } from './refusal.ts';
export {
  type EvaluationReport,
  evaluationReport,
  issuedValue,
  type ReportedDiagnostic,
  type ReportedValue,
  type ReportOptions,
  reportJson,
} from './report.ts';
export {
  checkPolicyCases,
  type PolicyCase,
  type PolicyCaseResult,
  type PolicyExpectation,
  type PolicyTestOptions,
  type PolicyTestReport,
  testPolicy,
} from './test-policy.ts';
export {
  decisiveClaims,
  type Explanation,
  explainRefusal,
  explainVerdict,
  type FailedRule,
  shownValue,
} from './trace/explain.ts';
export type { Effect, Place, TraceCondition, TraceRule, TraceTest } from './trace/trace.ts';
