/** Writes refusals and the headers of every reply. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import manifest from '../../package.json' with { type: 'json' };
import { serviceCodes } from '../codes.ts';
import { RequestRefused } from './refusal.ts';
import { refusalOfError } from './refusal-of.ts';

/** `Content-Type` of every reply in JSON. */
export const jsonType = 'application/json; charset=utf-8';

/** The version that `x-ms-maa-service-version` tells. */
export const serviceVersion: string = manifest.version;

/** What an error reply says: code, message, and the fine-grained code with its causes, as newer versions of Azure Attestation tell them. */
export function errorOf({ refusal, wireCode, causes }: RequestRefused): { readonly error: object } {
  const { code, where, why } = refusal;
  const innererror = { code, ...(causes.length === 0 ? {} : { details: causes }) };
  return { error: { code: wireCode, message: `${where}: ${why}`, innererror } };
}

/** The body of an error reply. */
export function errorBody(refused: RequestRefused): string {
  return JSON.stringify(errorOf(refused));
}

/** Answers a refused request. */
export function sendRefusal(reply: FastifyReply, refused: RequestRefused): FastifyReply {
  if (refused.retryAfterSeconds !== undefined) reply.header('retry-after', refused.retryAfterSeconds);
  return reply
    .code(refused.status)
    .header('content-type', jsonType)
    .header('x-ms-error-code', refused.wireCode)
    .send(errorBody(refused));
}

/** What any thrown value says to the caller: refusals themselves, everything else without detail. */
export function asRefusal(error: unknown): RequestRefused {
  const known = refusalOfError(error);
  if (known !== undefined) return known;
  const code = frameworkCode(error);
  const { status, wireCode } = serviceCodes[code];
  const why =
    code === 'internal-error' ? 'the service failed; quote the request id to its operator' : serviceCodes[code].meaning;
  return new RequestRefused(status, wireCode, { code, where: 'request', why });
}

function frameworkCode(error: unknown): keyof typeof serviceCodes {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE':
      return 'content-type-unsupported';
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return 'request-malformed';
    default:
      return 'internal-error';
  }
}

const requestIdForm = /^[\x21-\x7e]{1,128}$/;

/** Headers of every reply. A caller's own id is echoed when it is short and printable. */
export function stampHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-ms-request-id', request.id).header('x-ms-maa-service-version', serviceVersion);
  const clientId = request.headers['x-ms-client-request-id'];
  if (typeof clientId === 'string' && requestIdForm.test(clientId)) reply.header('x-ms-client-request-id', clientId);
}
