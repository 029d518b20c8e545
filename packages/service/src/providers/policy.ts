/** Compiles policies and evaluates them over the claims of a request. Keeps nothing. */
import { attestationTypeClaims } from '@atesto/core';
import {
  type AttestationType,
  attestationTypes,
  type Claim,
  type CompiledPolicy,
  claimsByStage,
  compilePolicy,
  configure,
  type Diagnostic,
  decisiveClaims,
  type EvaluateOptions,
  evaluatePolicy,
  explainVerdict,
  issuedValue,
  limits,
} from '@atesto/policy';
import type { JsonValue } from '@atesto/token';

/** A claim as policies see it. */
export type PolicyClaim = Claim;

/** A claim for which a policy refused. */
export interface FailedClaim {
  readonly type: string;
  /** What it was in the evidence or the data of the caller, shortened; absent: there was none. */
  readonly value?: string;
}

/** What a policy decides about the claims of one request. */
export type PolicyDecision =
  | {
      readonly authorized: true;
      /** Claims for the token, by name. */
      readonly issued: readonly (readonly [string, JsonValue])[];
    }
  | {
      readonly authorized: false;
      readonly code: 'policy-denied' | 'policy-evaluation-failed';
      /** Names the decisive rule and test, and no value. */
      readonly message: string;
      /** The same with values of claims and of the policy: for callers who may read the policy. */
      readonly detail: string;
      /** The claims that decided. */
      readonly failedClaims: readonly FailedClaim[];
    };

/** A policy that was understood as a whole. */
export interface ProviderPolicy {
  /** As received. */
  readonly text: string;
  /** `x-ms-policy-hash`: BASE64URL(SHA256(UTF8(BASE64URL(UTF8(text))))). */
  readonly hash: string;
  /** The least TCB evaluation data number that it demands of Intel platforms (`x-ms-sgx-tcbidentifier`); 0: any. */
  readonly minimumTcbEvaluationDataNumber: number;
  readonly evaluate: (claims: readonly PolicyClaim[]) => PolicyDecision;
}

/** `x-ms-attestation-type` of the types that have Intel's baselines: the one claim that is known before the evidence is judged. */
const intelTypeClaims: ReadonlyMap<AttestationType | undefined, string> = new Map([
  ['SgxEnclave', attestationTypeClaims.SgxEnclave],
  ['OpenEnclave', attestationTypeClaims.OpenEnclave],
  ['TdxVm', attestationTypeClaims.TdxVm],
]);

/** Why a text is no policy of the service. */
export interface PolicyFault {
  /** `policy-baseline-unknown`: it asks for a TCB baseline that the service does not have. */
  readonly code: 'policy-invalid' | 'policy-baseline-unknown';
  /** Everything that is wrong with it, one sentence each. */
  readonly faults: readonly string[];
}

/** The policy of a text, or why it is none. */
export type PolicyReading =
  | { readonly ok: true; readonly policy: ProviderPolicy }
  | { readonly ok: false; readonly fault: PolicyFault };

/** Compiles the text of a policy for an attestation type (`SgxEnclave` …). Remembers nothing: whoever puts it in force keeps it. */
export function readPolicy(text: string, attestationType: string): PolicyReading {
  const kind = attestationKindOf(attestationType);
  const compiled = compilePolicy(text, kind === undefined ? {} : { attestationType: kind });
  if (!compiled.ok) return faulty('policy-invalid', compiled.errors.map(sentence));
  const policy = compiled.value;
  const baseline = baselineOf(policy, kind);
  if (!baseline.ok) return baseline;
  const work = limits.work - baseline.spentWork;
  return {
    ok: true,
    policy: {
      text,
      hash: policy.hash,
      minimumTcbEvaluationDataNumber: baseline.minimum,
      evaluate: (claims) => decide(policy, claims, work),
    },
  };
}

/** How many errors one refusal tells in full. */
const mostTold = 3;

/** What is wrong with a text, for a refusal. */
export function summaryOf({ faults }: PolicyFault): string {
  const more = faults.length - mostTold;
  const told = faults.slice(0, mostTold).join(' ');
  return more > 0 ? `${told} And ${more} more.` : told;
}

/** The type as the policy language knows it; undefined: it does not. */
export function attestationKindOf(attestationType: string): AttestationType | undefined {
  return attestationTypes.find((kind) => kind === attestationType);
}

function faulty(
  code: PolicyFault['code'],
  faults: readonly string[],
): { readonly ok: false; readonly fault: PolicyFault } {
  return { ok: false, fault: { code, faults } };
}

type Baseline =
  | { readonly ok: true; readonly minimum: number; readonly spentWork: number }
  | { readonly ok: false; readonly fault: PolicyFault };

/** The configured baseline: `azuredefault` is the service's own, a number the TCB evaluation data number that is at least needed. */
function baselineOf(policy: CompiledPolicy, kind: AttestationType | undefined): Baseline {
  const value = intelTypeClaims.get(kind);
  if (value === undefined) return { ok: true, minimum: 0, spentWork: 0 };
  const known: Claim = { type: 'x-ms-attestation-type', value, issuer: 'AttestationService' };
  const configured = configure(policy, [known]);
  if (!configured.ok) {
    const { where, why } = configured.refusal;
    return faulty('policy-invalid', [`${where}: ${why}`]);
  }
  const spentWork = configured.spent.work;
  const identifier = configured.value.get('x-ms-sgx-tcbidentifier') ?? 'azuredefault';
  if (identifier === 'azuredefault') return { ok: true, minimum: 0, spentWork };
  if (typeof identifier === 'string' && /^[1-9][0-9]{0,8}$/.test(identifier)) {
    return { ok: true, minimum: Number(identifier), spentWork };
  }
  const why = 'x-ms-sgx-tcbidentifier must be azuredefault or a TCB evaluation data number such as 17';
  return faulty('policy-baseline-unknown', [why]);
}

/** `work`: what reading the policy left of the units for one evaluation and its explanation. */
function decide(policy: CompiledPolicy, claims: readonly PolicyClaim[], work: number): PolicyDecision {
  const { known, appraised } = claimsByStage(claims);
  const options: EvaluateOptions = { configurationClaims: known, work };
  const verdict = evaluatePolicy(policy, appraised, options);
  if (verdict.decision === 'permitted') {
    return { authorized: true, issued: verdict.outgoing.map((claim) => [claim.type, issuedValue(claim)]) };
  }
  const code = verdict.decision === 'denied' ? 'policy-denied' : 'policy-evaluation-failed';
  const explanation = explainVerdict(policy, appraised, verdict, options);
  const { message, detail } = explanation ?? { message: '', detail: '' };
  const types = explanation === undefined ? [] : decisiveClaims(explanation);
  return { authorized: false, code, message, detail, failedClaims: types.map((type) => failedClaim(type, claims)) };
}

/** Values come from the request alone: what a policy makes of it is for the policy's readers. */
function failedClaim(type: string, claims: readonly PolicyClaim[]): FailedClaim {
  const values = claims.filter((claim) => claim.type === type).slice(0, mostShown);
  if (values.length === 0) return { type };
  return { type, value: shortened(values.map(({ value }) => shortened(String(value))).join(', ')) };
}

function shortened(text: string): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

/** How many values of a claim are told, and how many characters of them. */
const mostShown = 16;
const longestValue = 256;

function sentence({ line, column, message, hint }: Diagnostic): string {
  return `line ${line}, column ${column}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
}
