/**
 * Private endpoints of a provider, of which there are none: a provider is reached through the operator's own network. Answers are those of
 * Azure Attestation for a provider without private endpoint connections.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuditedOperation } from '../../audit/operations.ts';
import { requireManagementVersion } from '../../http/api-version.ts';
import type { Operation } from '../../http/operation.ts';
import { refuse } from '../../refuse.ts';
import type { ServiceContext } from '../../service-context.ts';
import { resourcePath } from './address.ts';
import { requireProvider } from './find.ts';
import { sendList } from './resource.ts';

const connections = `${resourcePath}/privateEndpointConnections`;
const connection = `${connections}/:connection`;

/** Lists are empty; a connection by its name is unknown, and removing it changes nothing. */
export function privateEndpoints(context: ServiceContext): Operation[] {
  const operation = (
    method: Operation['method'],
    path: string,
    audit: AuditedOperation,
    answer: (reply: FastifyReply) => FastifyReply,
  ): Operation => ({
    method,
    path,
    audit,
    handle: async (request: FastifyRequest, reply) => {
      requireManagementVersion(request.query);
      await context.authorizeManagement(request);
      await requireProvider(context, request);
      return answer(reply);
    },
  });
  return [
    operation('GET', connections, 'list-providers', (reply) => sendList(reply, [])),
    operation('GET', `${resourcePath}/privateLinkResources`, 'list-providers', (reply) => sendList(reply, [])),
    operation('GET', connection, 'read-provider', refuseUnknown),
    operation('PUT', connection, 'update-provider', refuseUnknown),
    operation('DELETE', connection, 'update-provider', (reply) => reply.code(204).send()),
  ];
}

function refuseUnknown(): never {
  const why = 'the provider has no private endpoint connections; restrict access to it in the network of the service';
  return refuse('private-endpoint-connection-unknown', 'privateEndpointConnectionName', why);
}
