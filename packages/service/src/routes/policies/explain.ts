/**
 * `POST /policies/{type}:explain`, an operation of our own: what a policy makes of evidence or of claims, rule by rule. Nothing is issued
 * and nothing changes. Readers of the provider may ask; the policy is the one in the body, else the one in force. It is evaluated in a thread.
 */
import { type Claim, reportJson } from '@atesto/policy';
import type { JsonValue } from '@atesto/token';
import type { FastifyRequest } from 'fastify';
import type { AppraisalContext } from '../../attest/appraise.ts';
import { draftPolicyText } from '../../attest/steps/draft-policy.ts';
import { attestationTypes } from '../../attest/types/registry.ts';
import { addAuditContext } from '../../audit/context.ts';
import { optionalApiVersion } from '../../http/api-version.ts';
import { signalOf } from '../../http/in-flight.ts';
import { bodyBytes, jsonBody } from '../../http/json-body.ts';
import type { Operation } from '../../http/operation.ts';
import { refuseFor, refuseRequest } from '../../http/refusal.ts';
import { jsonType } from '../../http/reply.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ServiceContext } from '../../service-context.ts';
import { policyAt, policyPath } from './place.ts';

/** `POST /policies/{type}:explain`; for readers. */
export function explainPolicy(context: ServiceContext): Operation {
  return {
    method: 'POST',
    path: `${policyPath}::explain`,
    audit: 'explain-policy',
    handle: async (request, reply) => {
      optionalApiVersion(request.query);
      const { provider, attestationType } = await policyAt(context, request, 'attestation-reader');
      const body = await bodyBytes(request);
      const { policy, claims } = await jsonBody(request);
      const text = policyText(policy, provider, attestationType);
      const incoming =
        claims === undefined
          ? await claimsOfEvidence(context, request, provider, attestationType, body)
          : reportJson(claims, 0);
      const work = { text, attestationType, claims: incoming };
      const answer = await provider.policyWorkers.explain(work, {
        owner: context.ownerOf(request),
        signal: signalOf(request),
      });
      // Claims as `atesto policy eval` takes them: refused with the code of the policy package.
      if (!answer.ok) return refuseFor({ ...answer.refusal, where: 'body.claims' });
      return reply.header('content-type', jsonType).send(answer.json);
    },
  };
}

/** The policy of the body, as text or JWS; absent: the one in force. */
function policyText(given: JsonValue | undefined, provider: Provider, attestationType: string): string {
  if (typeof given === 'string') return draftPolicyText(given);
  if (given !== undefined) refuseRequest('member-invalid', 'body.policy', 'it must be a policy, as text or JWS');
  const inForce = provider.policyOf(attestationType);
  if (inForce !== undefined) return inForce.policy.text;
  return refuseRequest('policy-missing', 'policy', `no policy is set for ${attestationType}`);
}

async function claimsOfEvidence(
  { clock, lookupsOf }: ServiceContext,
  request: FastifyRequest,
  provider: Provider,
  attestationType: string,
  body: Uint8Array,
): Promise<Claim[]> {
  const type = attestationTypes.find(({ name }) => name === attestationType);
  if (type === undefined) {
    return refuseRequest(
      'member-missing',
      'body.claims',
      `evidence of ${attestationType} is not appraised; send claims`,
    );
  }
  const audit: AppraisalContext['audit'] = { note: (note) => addAuditContext(request, note) };
  return type.claims(body, { provider, at: clock(), audit, signal: signalOf(request), lookups: lookupsOf(request) });
}
