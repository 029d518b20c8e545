/** `POST /attest/{type}`: evidence in, token out. */
import type { FastifyRequest } from 'fastify';
import type { AttestCall } from '../attest/pipeline.ts';
import { attestationTypes, type RegisteredType } from '../attestation-types/registry.ts';
import { requireApiVersion } from '../http/api-version.ts';
import type { Operation } from '../http/operation.ts';
import { refuseRequest } from '../http/refusal.ts';
import { jsonType } from '../http/reply.ts';
import { noteForLog } from '../http/request-log.ts';
import type { ServiceContext } from '../service-context.ts';

/** One operation for each path of each attestation type, and one that says which types there are. */
export function postAttest(context: ServiceContext): Operation[] {
  const known = attestationTypes.flatMap((type) => type.paths.map((path) => operationOf(type, path, context)));
  return [...known, unknownType];
}

const unknownType: Operation = {
  method: 'POST',
  path: '/attest/:type',
  handle: (request) => {
    requireApiVersion(request.query);
    const names = attestationTypes.map(({ name }) => name).join(', ');
    return refuseRequest('attestation-type-unknown', 'path', `the service attests ${names}`);
  },
};

function operationOf(type: RegisteredType, path: string, context: ServiceContext): Operation {
  return {
    method: 'POST',
    path: `/attest/${path}`,
    handle: async (request, reply) => {
      const provider = context.providerOf(request);
      noteForLog(request, { provider: provider.uri, attestationType: type.name });
      const surroundings = { provider, at: context.clock(), record: context.record };
      const { token, endorseMs } = await type.attest(callOf(request), surroundings);
      noteForLog(request, { endorseMs: Math.round(endorseMs) });
      return reply.header('content-type', jsonType).send(`{"token":"${token}"}`);
    },
  };
}

function callOf(request: FastifyRequest): AttestCall {
  return {
    requestId: request.id,
    apiVersion: requireApiVersion(request.query),
    authorization: request.headers.authorization,
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
  };
}
