/** `POST /attest/{type}`: evidence in, token out. */
import type { FastifyRequest } from 'fastify';
import type { AttestCall } from '../attest/pipeline.ts';
import type { AttestTrail } from '../attest/steps/record.ts';
import { attestationTypes, type RegisteredType } from '../attest/types/registry.ts';
import { addAuditContext } from '../audit/context.ts';
import { recordAllowed } from '../audit/recording.ts';
import { requireApiVersion } from '../http/api-version.ts';
import { signalOf } from '../http/in-flight.ts';
import type { Operation } from '../http/operation.ts';
import { refuseRequest } from '../http/refusal.ts';
import { jsonType } from '../http/reply.ts';
import { readBody } from '../http/request-body.ts';
import { noteForLog } from '../http/request-log.ts';
import { type Caller, callerName } from '../identity/access-token.ts';
import type { ServiceContext } from '../service-context.ts';

/** One operation for each path of each attestation type, and one that says which types there are. */
export function postAttest(context: ServiceContext): Operation[] {
  const known = attestationTypes.flatMap((type) => type.paths.map((path) => operationOf(type, path, context)));
  return [...known, unknownType];
}

const unknownType: Operation = {
  method: 'POST',
  audit: 'attest',
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
    audit: 'attest',
    path: `/attest/${path}`,
    handle: async (request, reply) => {
      addAuditContext(request, { attestationType: type.name });
      const provider = await context.providerOf(request);
      noteForLog(request, { provider: provider.uri, attestationType: type.name });
      const mayReadPolicies = (caller: Caller): boolean => context.hasRole(caller, provider, 'attestation-reader');
      const surroundings = {
        provider,
        clock: context.clock,
        trail: trailOf(request, context),
        signal: signalOf(request),
        lookups: context.lookupsOf(request),
        owner: () => context.ownerOf(request),
        admit: (caller: Caller): void => context.admit(request, callerName(caller)),
        mayReadPolicies,
      };
      const { token, endorseMs } = await type.attest(callOf(request), surroundings);
      noteForLog(request, { endorseMs: Math.round(endorseMs) });
      return reply.header('content-type', jsonType).send(`{"token":"${token}"}`);
    },
  };
}

function trailOf(request: FastifyRequest, { audit }: ServiceContext): AttestTrail {
  return { note: (note) => addAuditContext(request, note), recordAllowed: (at) => recordAllowed(request, audit, at) };
}

function callOf(request: FastifyRequest): AttestCall {
  return {
    apiVersion: requireApiVersion(request.query),
    authorization: request.headers.authorization,
    readBody: () => readBody(request),
  };
}
