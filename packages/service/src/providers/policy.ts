/** Policies as the service applies them: compiled once, known by type and hash, evaluated with what each request brings. */
import {
  type AttestationKind,
  attestationKinds,
  type Claim,
  type CompiledPolicy,
  claimsByStage,
  compilePolicy,
  configure,
  type Diagnostic,
  type EvaluateOptions,
  evaluatePolicy,
  explainRefusal,
  issuedValue,
  policyHash,
} from '@atesto/policy';
import type { JsonValue } from '@atesto/token';
import { refuseRequest } from '../http/refusal.ts';

/** A claim as policies see it. */
export type PolicyClaim = Claim;

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

/** `x-ms-attestation-type` of each type: the one claim that is known before the evidence is judged. */
const typeClaims: Readonly<Record<AttestationKind, string>> = {
  SgxEnclave: 'sgx',
  OpenEnclave: 'sgx',
  SevSnpVm: 'sevsnpvm',
  TdxVm: 'tdxvm',
  AzureGuest: 'azurevm',
  Tpm: 'tpm',
  VbsEnclave: 'vbs',
};
const intelTypes: readonly AttestationKind[] = ['SgxEnclave', 'OpenEnclave', 'TdxVm'];

/** Callers may send drafts: the cache is bounded by the length of its texts, the oldest leave first. */
const mostKeptLength = 2 * 1024 * 1024;
const kept = new Map<string, ProviderPolicy>();
let keptLength = 0;

/**
 * The policy of a text for an attestation type (`SgxEnclave` …). Refuses the request with `policy-invalid` when the text does not
 * compile, and with `policy-baseline-unknown` when it asks for a TCB baseline that the service does not have.
 */
export function policyOfText(text: string, attestationType: string): ProviderPolicy {
  const key = `${attestationType} ${policyHash(text)}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const policy = providerPolicy(text, attestationType);
  keep(key, policy);
  return policy;
}

function keep(key: string, policy: ProviderPolicy): void {
  kept.set(key, policy);
  keptLength += policy.text.length;
  for (const [oldest, { text }] of kept) {
    if (keptLength <= mostKeptLength) return;
    kept.delete(oldest);
    keptLength -= text.length;
  }
}

/** Everything that is wrong with a text, one sentence each; empty when it compiles. */
export function faultsOf(text: string, attestationType: string): string[] {
  const compiled = compilePolicy(text, optionsFor(kindOf(attestationType)));
  return compiled.ok ? [] : compiled.errors.map(sentence);
}

function providerPolicy(text: string, attestationType: string): ProviderPolicy {
  const kind = kindOf(attestationType);
  const compiled = compilePolicy(text, optionsFor(kind));
  if (!compiled.ok) return refuseRequest('policy-invalid', 'policy', summary(compiled.errors));
  const { policy } = compiled;
  return {
    text,
    hash: policy.hash,
    minimumTcbEvaluationDataNumber: leastTcbNumber(policy, kind),
    evaluate: (claims) => decide(policy, claims),
  };
}

function kindOf(attestationType: string): AttestationKind | undefined {
  return attestationKinds.find((kind) => kind === attestationType);
}

function optionsFor(kind: AttestationKind | undefined): { attestationType?: AttestationKind } {
  return kind === undefined ? {} : { attestationType: kind };
}

/** The configured baseline: `azuredefault` is the service's own, a number the TCB evaluation data number that is at least needed. */
function leastTcbNumber(policy: CompiledPolicy, kind: AttestationKind | undefined): number {
  if (kind === undefined || !intelTypes.includes(kind)) return 0;
  const known: Claim = { type: 'x-ms-attestation-type', value: typeClaims[kind], issuer: 'AttestationService' };
  const configured = configure(policy, [known]);
  if (!configured.ok) {
    const { where, why } = configured.refusal;
    return refuseRequest('policy-invalid', 'policy', `${where}: ${why}`);
  }
  const identifier = configured.value.get('x-ms-sgx-tcbidentifier') ?? 'azuredefault';
  if (identifier === 'azuredefault') return 0;
  if (typeof identifier === 'string' && /^[1-9][0-9]{0,8}$/.test(identifier)) return Number(identifier);
  const why = 'x-ms-sgx-tcbidentifier must be azuredefault or a TCB evaluation data number such as 17';
  return refuseRequest('policy-baseline-unknown', 'policy', why);
}

function decide(policy: CompiledPolicy, claims: readonly PolicyClaim[]): PolicyDecision {
  const { known, appraised } = claimsByStage(claims);
  const options: EvaluateOptions = { configurationClaims: known };
  const verdict = evaluatePolicy(policy, appraised, options);
  if (verdict.ok && verdict.authorized) {
    return { authorized: true, issued: verdict.outgoing.map((claim) => [claim.type, issuedValue(claim)]) };
  }
  const code = verdict.ok ? 'policy-denied' : 'policy-evaluation-failed';
  const { message, detail } = explainRefusal(policy, appraised, options) ?? { message: '', detail: '' };
  return { authorized: false, code, message, detail };
}

/** How many errors one refusal tells in full. */
const mostTold = 3;

function summary(errors: readonly Diagnostic[]): string {
  const more = errors.length - mostTold;
  const told = errors.slice(0, mostTold).map(sentence).join(' ');
  return more > 0 ? `${told} And ${more} more.` : told;
}

function sentence({ line, column, message, hint }: Diagnostic): string {
  return `line ${line}, column ${column}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
}
