/** Replaces the policy signers of a provider when all have expired: an Atesto extension for service administrators. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { addAuditContext } from '../../audit/context.ts';
import { changeOrigin } from '../../audit/recording.ts';
import { requireManagementVersion } from '../../http/api-version.ts';
import type { Operation } from '../../http/operation.ts';
import { refuseRequest } from '../../http/refusal.ts';
import { jsonType } from '../../http/reply.ts';
import type { ServiceContext } from '../../service-context.ts';
import { recoverSigners } from '../../signers/recover.ts';
import { resourcePath } from './address.ts';
import { signersIn } from './body.ts';
import { requireProvider } from './find.ts';
import { policySignersOf } from './resource.ts';
import { signersOf } from './signing-certificates.ts';

/** `POST …/recoverPolicySigners`. */
export function recoverPolicySigners(context: ServiceContext): Operation {
  return {
    method: 'POST',
    path: `${resourcePath}/recoverPolicySigners`,
    audit: 'recover-signers',
    handle: (request, reply) => recover(context, request, reply),
  };
}

async function recover(context: ServiceContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  requireManagementVersion(request.query);
  await context.authorizeManagement(request);
  const { store, clock } = context;
  const chains = await signersIn(request);
  const provider = await requireProvider(context, request);
  const at = clock();
  const signers = signersOf(chains, at);
  if (signers.length === 0) {
    refuseRequest('member-missing', 'body.policySigningCertificates', 'name at least one certificate chain');
  }
  addAuditContext(request, { detail: `signer ${signers.map(({ thumbprint }) => thumbprint).join(', ')}` });
  const all = await recoverSigners({ store, provider, signers, origin: changeOrigin(request, at), at });
  return reply.header('content-type', jsonType).send(JSON.stringify({ policySigners: policySignersOf(all) }));
}
