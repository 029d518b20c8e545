/**
 * Hooks for Fastify that admit only attested callers.
 *
 * @module relying-party/fastify
 */
import type { VerifiedToken, Verifier } from '../verifier.ts';
import { type MiddlewareOptions, refusalAnswer, requestVerification } from './answer.ts';
import { recall, remember } from './attested.ts';

export type { MiddlewareOptions } from './answer.ts';

/** The members of `FastifyRequest` that are used. */
export interface FastifyRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The request of `node:http`. */
  readonly raw: object;
}

/** The members of `FastifyReply` that are used. */
export interface FastifyReply {
  /** Sets the status. */
  code(status: number): unknown;
  /** Sets headers. */
  headers(values: Record<string, string>): unknown;
  /** Sends the body. */
  send(body: string): unknown;
}

/** The verified token of a request that passed {@link requireAttestation}. Throws `ConfigurationError` for any other. */
export function attestationOf(request: FastifyRequest): VerifiedToken {
  return recall(request, request.raw);
}

/**
 * A hook (`onRequest`, `preHandler`) that lets attested requests pass and refuses others. Throws `ConfigurationError` for wrong options;
 * faults of the server reach the error handler.
 *
 * @example
 * app.get('/secret', { onRequest: requireAttestation(verifier) }, (request) => attestationOf(request).claims);
 */
export function requireAttestation<Request extends FastifyRequest = FastifyRequest>(
  verifier: Verifier,
  options: MiddlewareOptions<Request> = {},
): (request: Request, reply: FastifyReply) => Promise<unknown> {
  const verify = requestVerification(verifier, options);
  return async (request, reply) => {
    const verdict = await verify(request, (name) => single(request.headers[name]));
    if (verdict.ok) {
      remember(verdict.value, request, request.raw);
      return undefined;
    }
    const { status, headers, body } = refusalAnswer(verdict.refusal);
    reply.code(status);
    reply.headers({ ...headers });
    reply.send(body);
    // Tells Fastify that the request has been answered.
    return reply;
  };
}

/** Node joins the values of a repeated header, which then is no token, and keeps the first of a repeated `authorization`. */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
