/** Step 7: the claims of the appraisal meet the provider's policy, or the caller's draft in its place. */
import type { Claims, TcbBaseline } from '@atesto/evidence';
import type { JsonValue } from '@atesto/token';
import type { AttestationType } from '../../attestation-types/attestation-type.ts';
import { refuseRequest } from '../../http/refusal.ts';
import { policyOfText } from '../../providers/policy.ts';
import type { PolicyInForce, Provider } from '../../providers/provider.ts';
import type { AttestRequest } from '../request.ts';
import { draftPolicyText } from './draft-policy.ts';
import { incomingClaims } from './incoming-claims.ts';

/** What a policy that permits gives to the token. */
export interface PolicyVerdict {
  readonly inForce: PolicyInForce;
  /** Whether it is the caller's draft: the token is then unsecured. */
  readonly isDraft: boolean;
  /** The claims of the appraisal, which every token carries. */
  readonly appraisalClaims: Claims;
  /** Claims that the policy issued, by name. */
  readonly issued: Iterable<readonly [string, JsonValue]>;
}

/**
 * Evaluates the policy that {@link policyFor} gave. Refuses the request with `policy-denied` or `policy-evaluation-failed`; what the policy
 * says is told to callers who sent it as draft or may read it.
 */
export function evaluate<Appraisal>(
  type: Pick<AttestationType<never, never, Appraisal>, 'name' | 'claim' | 'claims' | 'incomingClaims'>,
  appraisal: Appraisal,
  request: AttestRequest,
  inForce: PolicyInForce,
  mayReadPolicies: boolean,
): PolicyVerdict {
  const isDraft = request.draftPolicy !== undefined;
  const appraisalClaims = type.claims(appraisal);
  const decision = inForce.policy.evaluate(incomingClaims(type, appraisal, request, appraisalClaims));
  if (decision.authorized) return { inForce, isDraft, appraisalClaims, issued: decision.issued };
  return refuseRequest(decision.code, 'policy', isDraft || mayReadPolicies ? decision.detail : decision.message);
}

/** A provider whose baseline is as strict as the policy's configuration demands. */
export function underPolicy(provider: Provider, { policy }: PolicyInForce): Provider {
  const least = policy.minimumTcbEvaluationDataNumber;
  if (least === 0) return provider;
  const raised = (baseline: TcbBaseline): TcbBaseline => ({
    ...baseline,
    minimumTcbEvaluationDataNumber: Math.max(baseline.minimumTcbEvaluationDataNumber, least),
  });
  const { sgx, tdx } = provider.baseline;
  return { ...provider, baseline: { ...provider.baseline, sgx: raised(sgx), tdx: raised(tdx) } };
}

/** The caller's draft, or the provider's policy. Refuses with `policy-missing`, or when either cannot be evaluated. */
export function policyFor(
  attestationType: string,
  { draftPolicy }: Pick<AttestRequest, 'draftPolicy'>,
  provider: Pick<Provider, 'policyOf'>,
): PolicyInForce {
  if (draftPolicy !== undefined) return { policy: policyOfText(draftPolicyText(draftPolicy), attestationType) };
  const why = `no policy is set for ${attestationType}`;
  return provider.policyOf(attestationType) ?? refuseRequest('policy-missing', 'policy', why);
}

/**
 * Checks that a policy is in force still: between its evaluation and the answer it may have been replaced, and who replaced it
 * may have been told so. Refuses with `policy-changed`.
 */
export function checkInForce(
  attestationType: string,
  { inForce, isDraft }: PolicyVerdict,
  provider: Pick<Provider, 'policyOf'>,
): void {
  if (isDraft || provider.policyOf(attestationType) === inForce) return;
  refuseRequest('policy-changed', 'policy', 'it changed while the evidence was appraised; send the evidence again');
}
