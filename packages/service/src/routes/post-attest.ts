/** `POST /attest/{type}`: evidence in, token out. */
import type { FastifyRequest } from 'fastify';
import type { AttestCall } from '../attest/pipeline.ts';
import { authenticate } from '../attest/steps/authenticate.ts';
import type { AttestAudit } from '../attest/steps/record.ts';
import { attestationTypes, type RegisteredType } from '../attest/types/registry.ts';
import { addAuditContext } from '../audit/context.ts';
import { recordAllowed } from '../audit/recording.ts';
import { requireApiVersion } from '../http/api-version.ts';
import { signalOf } from '../http/in-flight.ts';
import type { Operation } from '../http/operation.ts';
import { jsonType } from '../http/reply.ts';
import { readBody } from '../http/request-body.ts';
import { noteForLog } from '../http/request-log.ts';
import { type Caller, callerName } from '../identity/access-token.ts';
import { refuse } from '../refuse.ts';
import type { ServiceContext } from '../service-context.ts';

/** One operation for each path of each attestation type, and one that says which types there are. */
export function postAttest(context: ServiceContext): Operation[] {
  const known = attestationTypes.flatMap((type) => type.paths.map((path) => operationOf(type, path, context)));
  return [...known, tpmWithoutAppraisal(context), unknownType];
}

/**
 * Evidence of TPMs is not appraised. Azure Attestation needs an access token, then a policy, of which there is no default, before it looks at
 * the evidence: as long as that is missing, the answer is the same here.
 */
function tpmWithoutAppraisal(context: ServiceContext): Operation {
  return {
    method: 'POST',
    audit: 'attest',
    path: '/attest/Tpm',
    handle: async (request) => {
      requireApiVersion(request.query);
      addAuditContext(request, { attestationType: 'Tpm' });
      const provider = await context.providerOf(request);
      const { authorization } = request.headers;
      const caller = await authenticate(authorization, 'required', provider.accessTokens, signalOf(request));
      if (caller !== undefined) context.admit(request, callerName(caller));
      const policies = [provider.policyOf('Tpm'), provider.policyOf('VbsEnclave')];
      if (policies.every((policy) => policy === undefined)) {
        const why = 'a VBS attestation policy has not been set on the attestation provider';
        return refuse('tpm-policy-missing', 'policy', why);
      }
      return refuseUnknownType();
    },
  };
}

function refuseUnknownType(): never {
  const names = attestationTypes.map(({ name }) => name).join(', ');
  return refuse('attestation-type-unknown', 'path', `the service attests ${names}`);
}

const unknownType: Operation = {
  method: 'POST',
  audit: 'attest',
  path: '/attest/:type',
  handle: (request) => {
    requireApiVersion(request.query);
    return refuseUnknownType();
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
        audit: auditOf(request, context),
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

function auditOf(request: FastifyRequest, { audit }: ServiceContext): AttestAudit {
  return { note: (note) => addAuditContext(request, note), recordAllowed: (at) => recordAllowed(request, audit, at) };
}

function callOf(request: FastifyRequest): AttestCall {
  return {
    apiVersion: requireApiVersion(request.query),
    authorization: request.headers.authorization,
    readBody: () => readBody(request),
  };
}
