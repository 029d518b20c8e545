/**
 * Policies and signers as version 2018-09-01-preview names them. A policy is set in two steps: the service says which policy it would
 * put in force, in a token that the client verifies and sends back.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireApiVersion } from '../../http/api-version.ts';
import type { Operation } from '../../http/operation.ts';
import { jsonType } from '../../http/reply.ts';
import { textBody } from '../../http/text-body.ts';
import { managementToken } from '../../keys/management-token.ts';
import {
  checkPolicy,
  currentPolicy,
  type PolicyTarget,
  resetPolicy,
  setPolicy,
  trustOf,
} from '../../policies/administration.ts';
import type { Role } from '../../roles/role.ts';
import type { ServiceContext } from '../../service-context.ts';
import { currentSigners } from '../../signers/administration.ts';
import { policyChange, policyOfType } from '../policies/place.ts';
import { noteChange } from '../policies/reply.ts';
import { changeAt, signerKeys } from '../signers/operations.ts';
import { preparedClaims, preparedPolicy } from './prepared.ts';

const current = '/operations/policy/current';
const certificates = '/operations/policy/certificates';

/** The policy operations of the preview API. */
export function previewOperations(context: ServiceContext): Operation[] {
  return [getPolicy(context), putPolicy(context), reset(context), prepare(context), ...signers(context)];
}

function getPolicy(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: current,
    audit: 'read-policy',
    handle: async (request, reply) => {
      const { compact, etag } = await currentPolicy(await targetOf(context, request, 'attestation-reader'));
      return sendJson(reply.header('etag', etag), { Policy: compact });
    },
  };
}

function putPolicy(context: ServiceContext): Operation {
  return {
    method: 'PUT',
    path: current,
    audit: 'set-policy',
    takesText: true,
    handle: async (request, reply) => {
      const target = await targetOf(context, request, 'attestation-contributor');
      const prepared = await textBody(request);
      const how = policyChange(context, request);
      const policy = preparedPolicy(prepared, target, how.at);
      const changed = await setPolicy(target, policy, how);
      noteChange(request, changed);
      return sendJson(reply.header('etag', changed.record.etag), null);
    },
  };
}

function reset(context: ServiceContext): Operation {
  return {
    method: 'POST',
    path: current,
    audit: 'reset-policy',
    takesText: true,
    handle: async (request, reply) => {
      const target = await targetOf(context, request, 'attestation-contributor');
      const jws = (await textBody(request)).trim();
      const changed = await resetPolicy(target, jws, policyChange(context, request));
      noteChange(request, changed);
      return sendJson(reply.header('etag', changed.record.etag), null);
    },
  };
}

function prepare(context: ServiceContext): Operation {
  return {
    method: 'POST',
    path: '/operations/policy/updatepolicy',
    audit: 'prepare-policy',
    takesText: true,
    handle: async (request, reply) => {
      const target = await targetOf(context, request, 'attestation-contributor');
      const text = await textBody(request);
      const at = context.clock();
      const { compact, policy } = checkPolicy(target, text, await trustOf(target), at);
      const claims = preparedClaims(target.attestationType, compact, policy.tokenHash);
      return sendJson(reply, await managementToken(target.provider, claims, at));
    },
  };
}

function signers(context: ServiceContext): Operation[] {
  const change = (method: 'PUT' | 'POST', action: 'add' | 'remove'): Operation => ({
    method,
    path: certificates,
    audit: `${action}-signer`,
    takesText: true,
    handle: async (request, reply) => {
      requireApiVersion(request.query);
      const { claims } = await changeAt(context, request, action);
      return sendJson(reply, await managementToken(await context.providerOf(request), claims, context.clock()));
    },
  });
  const list: Operation = {
    method: 'GET',
    path: certificates,
    audit: 'read-signers',
    handle: async (request, reply) => {
      requireApiVersion(request.query);
      const provider = await context.providerOf(request);
      await context.authorize(request, provider, 'attestation-reader');
      const keys = signerKeys(await currentSigners({ store: context.store, provider }));
      const claims = { 'aas-policyCertificates': keys, 'maa-policyCertificates': keys };
      return sendJson(reply, await managementToken(provider, claims, context.clock()));
    },
  };
  return [list, change('PUT', 'add'), change('POST', 'remove')];
}

async function targetOf(context: ServiceContext, request: FastifyRequest, role: Role): Promise<PolicyTarget> {
  requireApiVersion(request.query);
  return policyOfType(context, request, role, Reflect.get(Object(request.query), 'tee'));
}

function sendJson(reply: FastifyReply, value: object | string | null): FastifyReply {
  return reply.header('content-type', jsonType).send(JSON.stringify(value));
}
