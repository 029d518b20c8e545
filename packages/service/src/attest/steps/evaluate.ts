/** Steps 6 and 7: the appraisal meets the baseline, and its claims the provider's policy, or the caller's draft in its place. */

import { unwrap } from '@atesto/core';
import type { Claims, TcbBaseline } from '@atesto/evidence/advanced';
import type { JsonObject, JsonValue } from '@atesto/token';
import type { PolicyDecision } from '../../providers/policy.ts';
import type { PolicyInForce, Provider } from '../../providers/provider.ts';
import { RefusedWithCauses, refuse } from '../../refuse.ts';
import type { AttestRequest } from '../request.ts';
import type { AttestationType } from '../types/attestation-type.ts';
import { evaluateDraft } from './draft-policy.ts';
import { incomingClaims } from './incoming-claims.ts';
import { type AttestAudit, notePolicy } from './record.ts';

/** What a policy that permits gives to the token. */
export interface PolicyVerdict {
  /** `x-ms-policy-hash`. */
  readonly policyHash: string;
  /** Who signed the policy, as JWK; absent: it is unsigned, or a draft. */
  readonly policySigner?: JsonObject;
  /** The policy in force that was evaluated; undefined: it was the caller's draft, and the token is unsecured. */
  readonly inForce: PolicyInForce | undefined;
  /** The claims of the appraisal, which every token carries. */
  readonly appraisalClaims: Claims;
  /** Claims that the policy issued, by name. */
  readonly issued: Iterable<readonly [string, JsonValue]>;
}

/** What judging an appraisal needs besides. */
export interface JudgeDeps {
  readonly provider: Provider;
  readonly at: Date;
  readonly audit: Pick<AttestAudit, 'note'>;
  /** Ends waits; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Whose turn it is when others wait too. */
  readonly owner: () => string;
  /** Whether the caller may be told what the policy in force says. */
  readonly mayReadPolicies: boolean;
}

/** The parts of an attestation type that judging needs. */
export type JudgedType<Appraisal> = Pick<
  AttestationType<never, never, Appraisal>,
  'name' | 'claim' | 'claims' | 'incomingClaims' | 'checkBaseline'
>;

/**
 * Applies the baseline, and the policy in force or the caller's draft. Refuses with the codes of the baseline, `policy-missing`,
 * `policy-denied`, `policy-evaluation-failed`, and for a draft with those of {@link evaluateDraft}. What the policy says is told to callers
 * who sent it as draft or may read it.
 */
export function judge<Appraisal>(
  type: JudgedType<Appraisal>,
  appraisal: Appraisal,
  request: AttestRequest,
  parts: JudgeDeps,
): PolicyVerdict | Promise<PolicyVerdict> {
  const { draftPolicy } = request;
  return draftPolicy === undefined
    ? judgeByPolicyInForce(type, appraisal, request, parts)
    : judgeByDraft(type, appraisal, request, draftPolicy, parts);
}

function judgeByPolicyInForce<Appraisal>(
  type: JudgedType<Appraisal>,
  appraisal: Appraisal,
  request: AttestRequest,
  { provider, at, audit, mayReadPolicies }: JudgeDeps,
): PolicyVerdict {
  const inForce = policyInForce(type.name, provider);
  const { policy, version, signer } = inForce;
  notePolicy(audit, { hash: policy.hash, version });
  unwrap(type.checkBaseline(appraisal, underPolicy(provider, policy), at));
  const appraisalClaims = type.claims(appraisal);
  const decision = policy.evaluate(incomingClaims(type, appraisal, request, appraisalClaims));
  return {
    policyHash: policy.hash,
    ...(signer === undefined ? {} : { policySigner: signer }),
    inForce,
    appraisalClaims,
    issued: issuedBy(decision, mayReadPolicies),
  };
}

/** The provider's own baseline comes first: evidence that it refuses has no draft evaluated. */
async function judgeByDraft<Appraisal>(
  type: JudgedType<Appraisal>,
  appraisal: Appraisal,
  request: AttestRequest,
  draft: string,
  { provider, at, audit, signal, owner }: JudgeDeps,
): Promise<PolicyVerdict> {
  unwrap(type.checkBaseline(appraisal, provider, at));
  const appraisalClaims = type.claims(appraisal);
  const claims = incomingClaims(type, appraisal, request, appraisalClaims);
  const verdict = await evaluateDraft(draft, type.name, claims, provider, { owner: owner(), signal });
  notePolicy(audit, { hash: verdict.hash, isDraft: true });
  unwrap(type.checkBaseline(appraisal, underPolicy(provider, verdict), at));
  return {
    policyHash: verdict.hash,
    inForce: undefined,
    appraisalClaims,
    issued: issuedBy(verdict.decision, true),
  };
}

function issuedBy(decision: PolicyDecision, mayReadPolicy: boolean): PolicyVerdict['issued'] {
  if (decision.authorized) return decision.issued;
  const { code, detail, message, failedClaims } = decision;
  const causes = failedClaims.map(({ type, ...was }) => ({ code: 'PolicyFailureClaim', target: type, ...was }));
  throw new RefusedWithCauses(code, 'policy', mayReadPolicy ? detail : message, causes);
}

/** A provider whose baseline is as strict as the policy's configuration demands. */
function underPolicy(
  provider: Provider,
  { minimumTcbEvaluationDataNumber: least }: { readonly minimumTcbEvaluationDataNumber: number },
): Provider {
  if (least === 0) return provider;
  const raised = (baseline: TcbBaseline): TcbBaseline => ({
    ...baseline,
    minimumTcbEvaluationDataNumber: Math.max(baseline.minimumTcbEvaluationDataNumber, least),
  });
  const { sgx, tdx } = provider.baseline;
  return { ...provider, baseline: { ...provider.baseline, sgx: raised(sgx), tdx: raised(tdx) } };
}

function policyInForce(attestationType: string, provider: Pick<Provider, 'policyOf'>): PolicyInForce {
  const why = `no policy is set for ${attestationType}`;
  return provider.policyOf(attestationType) ?? refuse('policy-missing', 'policy', why);
}

/**
 * Checks that a policy is in force still: between its evaluation and the answer it may have been replaced, and who replaced it
 * may have been told so. Refuses with `policy-changed`.
 */
export function checkInForce(
  attestationType: string,
  { inForce }: Pick<PolicyVerdict, 'inForce'>,
  provider: Pick<Provider, 'policyOf'>,
): void {
  if (inForce === undefined || provider.policyOf(attestationType) === inForce) return;
  refuse('policy-changed', 'policy', 'it changed while the evidence was appraised; send the evidence again');
}
