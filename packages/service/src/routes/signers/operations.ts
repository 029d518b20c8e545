/** The policy signers of a provider: list, add and remove, with a request signed by one of them. */

import { absentEtag, type SignersVersion } from '@atesto/store';
import type { JsonObject } from '@atesto/token';
import type { FastifyRequest } from 'fastify';
import { addAuditContext } from '../../audit/context.ts';
import { changeOrigin } from '../../audit/recording.ts';
import { requireApiVersion } from '../../http/api-version.ts';
import { conditionOf } from '../../http/condition.ts';
import { parseJsonObject } from '../../http/json.ts';
import type { Operation } from '../../http/operation.ts';
import { refuseRequest } from '../../http/refusal.ts';
import { textBody } from '../../http/text-body.ts';
import type { ServiceContext } from '../../service-context.ts';
import { changeSigners, currentSigners } from '../../signers/administration.ts';
import { knownChain } from '../../signers/certificates.ts';
import { signerJwk } from '../../signers/jwk.ts';
import { sendToken } from '../policies/reply.ts';

/** `GET /certificates`, `:add` and `:remove`. */
export function signerOperations(context: ServiceContext): Operation[] {
  return [getSigners(context), changeOperation(context, 'add'), changeOperation(context, 'remove')];
}

/** The signers as a key set; without those whose certificates are not accepted any more. */
export function signerKeys(signers: SignersVersion | undefined): JsonObject {
  const certificates = signers?.certificates ?? [];
  return { keys: certificates.map(knownChain).flatMap((chain) => (chain === undefined ? [] : [signerJwk(chain)])) };
}

function getSigners(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: '/certificates',
    audit: 'read-signers',
    handle: async (request, reply) => {
      requireApiVersion(request.query);
      const provider = await context.providerOf(request);
      await context.authorize(request, provider, 'attestation-reader');
      const signers = await currentSigners({ store: context.store, provider });
      const claims = { 'x-ms-policy-certificates': signerKeys(signers) };
      return sendToken(reply, provider, claims, context.clock(), signers?.etag ?? absentEtag);
    },
  };
}

function changeOperation(context: ServiceContext, action: 'add' | 'remove'): Operation {
  return {
    method: 'POST',
    path: `/certificates::${action}`,
    audit: `${action}-signer`,
    takesText: true,
    handle: async (request, reply) => {
      requireApiVersion(request.query);
      const provider = await context.providerOf(request);
      const { claims, etag } = await changeAt(context, request, action);
      return sendToken(reply, provider, claims, context.clock(), etag);
    },
  };
}

/** Makes a change that a request asks for; answers the claims that tell of it. */
export async function changeAt(
  context: ServiceContext,
  request: FastifyRequest,
  action: 'add' | 'remove',
): Promise<{ readonly claims: JsonObject; readonly etag: string }> {
  const provider = await context.providerOf(request);
  await context.authorize(request, provider, 'attestation-contributor');
  const jws = await signedRequest(request, action);
  const at = context.clock();
  const origin = changeOrigin(request, at);
  const asked = { action, jws, origin, condition: conditionOf(request), at };
  const { thumbprint, etag } = await changeSigners({ store: context.store, provider }, asked);
  addAuditContext(request, { detail: `signer ${thumbprint}` });
  const claims = {
    'x-ms-certificate-thumbprint': thumbprint,
    'x-ms-policycertificates-result': action === 'add' ? 'IsPresent' : 'IsAbsent',
  };
  return { claims, etag };
}

/** The JWS: the body itself, or since 2025-06-01 a member of it. */
async function signedRequest(request: FastifyRequest, action: 'add' | 'remove'): Promise<string> {
  const text = await textBody(request);
  if (!text.trim().startsWith('{')) return text;
  const name = action === 'add' ? 'policycertificatetoadd' : 'policycertificatetoremove';
  const object = parseJsonObject(Buffer.from(text.trim()), 'body', 'body-not-json');
  const [found, another] = Object.entries(object).filter(([member]) => member.toLowerCase() === name);
  if (another !== undefined) refuseRequest('member-duplicate', 'body', 'two members differ only in case');
  const jws = found?.[1];
  if (typeof jws === 'string') return jws;
  return refuseRequest('member-missing', 'body', 'it must have policyCertificateToAdd or policyCertificateToRemove');
}
