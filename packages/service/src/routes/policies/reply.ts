/** Answers policy operations with a token of the provider that contains the result. */
import type { JsonObject } from '@atesto/token';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addAuditContext } from '../../audit/context.ts';
import { jsonType } from '../../http/reply.ts';
import { managementToken } from '../../keys/management-token.ts';
import type { ChangedPolicy } from '../../policies/administration.ts';
import type { Provider } from '../../providers/provider.ts';

/** Answers with `{"token":…}` and an entity tag. */
export async function sendToken(
  reply: FastifyReply,
  provider: Provider,
  claims: JsonObject,
  at: Date,
  etag: string,
): Promise<FastifyReply> {
  const token = await managementToken(provider, claims, at);
  return reply.header('content-type', jsonType).header('etag', etag).send(JSON.stringify({ token }));
}

/** The claims that tell of a change: a reset has no hash and no signer. */
export function changeClaims({ policy }: ChangedPolicy): JsonObject {
  if (policy === undefined) return { 'x-ms-policy-result': 'Removed' };
  const { tokenHash, signer } = policy;
  return {
    'x-ms-policy-result': 'Updated',
    'x-ms-policy-token-hash': tokenHash,
    ...(signer === undefined ? {} : { 'x-ms-policy-signer': signer }),
  };
}

/** Puts down what a change left in force. */
export function noteChange(request: FastifyRequest, { record, policy }: ChangedPolicy): void {
  addAuditContext(request, {
    policyVersion: record.version,
    ...(policy === undefined ? {} : { policyDigest: policy.hash }),
  });
}
