/** Step 7: the claims of the appraisal meet the provider's policy, or the caller's draft in its place. */
import type { Claims } from '@atesto/evidence';
import type { JsonValue } from '@atesto/token';
import type { AttestationType } from '../../attestation-types/attestation-type.ts';
import { refuseRequest } from '../../http/refusal.ts';
import { type ProviderPolicy, policyOfText } from '../../providers/policy.ts';
import type { Provider } from '../../providers/provider.ts';
import type { AttestRequest } from '../request.ts';
import { draftPolicyText } from './draft-policy.ts';
import { incomingClaims } from './incoming-claims.ts';

/** What a policy that permits gives to the token. */
export interface PolicyVerdict {
  readonly policyHash: string;
  /** Whether it is the caller's draft: the token is then unsecured. */
  readonly isDraft: boolean;
  /** The claims of the appraisal, which every token carries. */
  readonly appraisalClaims: Claims;
  /** Claims that the policy issued, by name. */
  readonly issued: Iterable<readonly [string, JsonValue]>;
}

/** Evaluates the policy. Refuses the request when it does not permit, or cannot be evaluated. */
export function evaluate<Appraisal>(
  type: Pick<AttestationType<never, never, Appraisal>, 'name' | 'claim' | 'claims' | 'incomingClaims'>,
  appraisal: Appraisal,
  request: AttestRequest,
  provider: Pick<Provider, 'policyOf'>,
): PolicyVerdict {
  const isDraft = request.draftPolicy !== undefined;
  const policy = request.draftPolicy === undefined ? configured(type.name, provider) : draft(request.draftPolicy);
  const appraisalClaims = type.claims(appraisal);
  const incoming = incomingClaims(type.claim, appraisalClaims, type.incomingClaims(appraisal), request);
  const result = policy.evaluate(incoming);
  if (!result.authorized) refuseRequest('policy-denied', 'policy', 'the policy does not permit this evidence');
  return { policyHash: policy.hash, isDraft, appraisalClaims, issued: result.issued };
}

function configured(attestationType: string, provider: Pick<Provider, 'policyOf'>): ProviderPolicy {
  const why = `no policy is set for ${attestationType}`;
  return provider.policyOf(attestationType) ?? refuseRequest('policy-missing', 'policy', why);
}

function draft(policy: string): ProviderPolicy {
  return policyOfText(draftPolicyText(policy));
}
