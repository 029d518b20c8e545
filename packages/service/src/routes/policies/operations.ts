/** The policies of a provider: read, set, reset, and roll back to an earlier version (an Atesto extension). */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { optionalApiVersion, requireApiVersion } from '../../http/api-version.ts';
import { jsonBody } from '../../http/json-body.ts';
import type { Operation } from '../../http/operation.ts';
import { refuseRequest } from '../../http/refusal.ts';
import { textBody } from '../../http/text-body.ts';
import {
  type ChangedPolicy,
  currentPolicy,
  type PolicyChange,
  type PolicyTarget,
  resetPolicy,
  rollBackPolicy,
  setPolicy,
} from '../../policies/administration.ts';
import type { ServiceContext } from '../../service-context.ts';
import { explainPolicy } from './explain.ts';
import { policyHistory } from './history.ts';
import { policyAt, policyChange, policyPath } from './place.ts';
import { changeClaims, noteChange, sendToken } from './reply.ts';

/** `GET` and `PUT /policies/{type}`, `:reset` and `:rollback`. */
export function policyOperations(context: ServiceContext): Operation[] {
  return [
    getPolicy(context),
    putPolicy(context),
    resetOperation(context),
    rollback(context),
    policyHistory(context),
    explainPolicy(context),
  ];
}

function getPolicy(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: policyPath,
    audit: 'read-policy',
    handle: async (request, reply) => {
      requireApiVersion(request.query);
      const place = await policyAt(context, request, 'attestation-reader');
      const { compact, etag } = await currentPolicy(place);
      return sendToken(reply, place.provider, { 'x-ms-policy': compact }, context.clock(), etag);
    },
  };
}

function putPolicy(context: ServiceContext): Operation {
  return {
    method: 'PUT',
    path: policyPath,
    audit: 'set-policy',
    takesText: true,
    handle: (request, reply) => {
      requireApiVersion(request.query);
      return change(context, request, reply, textBody, setPolicy);
    },
  };
}

function resetOperation(context: ServiceContext): Operation {
  return {
    method: 'POST',
    path: `${policyPath}::reset`,
    audit: 'reset-policy',
    takesText: true,
    handle: (request, reply) => {
      requireApiVersion(request.query);
      return change(context, request, reply, textBody, (place, text, how) => resetPolicy(place, text.trim(), how));
    },
  };
}

function rollback(context: ServiceContext): Operation {
  return {
    method: 'POST',
    path: `${policyPath}::rollback`,
    audit: 'roll-back-policy',
    handle: (request, reply) => {
      optionalApiVersion(request.query);
      return change(context, request, reply, versionIn, rollBackPolicy);
    },
  };
}

/** `work` gets what `read` finds in the body of a caller who has the role. */
async function change<Asked>(
  context: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
  read: (request: FastifyRequest) => Promise<Asked>,
  work: (place: PolicyTarget, asked: Asked, how: PolicyChange) => Promise<ChangedPolicy>,
): Promise<FastifyReply> {
  const place = await policyAt(context, request, 'attestation-contributor');
  const asked = await read(request);
  const how = policyChange(context, request);
  const changed = await work(place, asked, how);
  noteChange(request, changed);
  return sendToken(reply, place.provider, changeClaims(changed), how.at, changed.record.etag);
}

async function versionIn(request: FastifyRequest): Promise<number> {
  const { version } = await jsonBody(request);
  if (typeof version === 'number' && Number.isSafeInteger(version) && version > 0) return version;
  return refuseRequest('member-invalid', 'body.version', 'it must be the number of an earlier version');
}
