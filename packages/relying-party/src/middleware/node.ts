/**
 * For Node: middleware for `node:http`, Express and Connect that admits only attested callers, and a `fetch` that trusts a private CA.
 *
 * @module relying-party/node
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { VerifiedToken, Verifier } from '../verifier.ts';
import { type MiddlewareOptions, refusalAnswer, requestVerification } from './answer.ts';
import { recall, remember } from './attested.ts';

export type { MiddlewareOptions } from './answer.ts';
export { createTrustingFetch } from './trusting-fetch.ts';

/** The verified token of a request that passed {@link requireAttestation}. Throws `ConfigurationError` for any other. */
export function attestationOf(request: IncomingMessage): VerifiedToken {
  return recall(request);
}

/**
 * Middleware that calls `next` for attested requests and refuses others. Throws `ConfigurationError` for wrong options; calls `next` with
 * an error for faults of the server.
 *
 * @example
 * // The key of the token must be that of the client's certificate.
 * const expect = (request: Request) => {
 *   const certificate = (request.socket as TLSSocket).getPeerX509Certificate();
 *   return certificate && { runtimeData: { key: certificate.publicKey.export({ format: 'jwk' }) } };
 * };
 * app.use('/secrets', requireAttestation(verifier, { expect }));
 * app.get('/secrets', (request, response) => response.json(attestationOf(request).claims));
 */
export function requireAttestation<Request extends IncomingMessage = IncomingMessage>(
  verifier: Verifier,
  options: MiddlewareOptions<Request> = {},
): (request: Request, response: ServerResponse, next: (error?: unknown) => void) => Promise<void> {
  const verify = requestVerification(verifier, options);
  return async (request, response, next) => {
    let verdict: Awaited<ReturnType<Verifier['verify']>>;
    try {
      verdict = await verify(request, (name) => single(request.headersDistinct[name]));
    } catch (error) {
      return next(error);
    }
    if (verdict.ok) {
      remember(verdict.value, request);
      return next();
    }
    const { status, headers, body } = refusalAnswer(verdict.refusal);
    response.writeHead(status, headers).end(body);
  };
}

/** A repeated header is ignored: it does not name one token. */
function single(values: readonly string[] | undefined): string | undefined {
  return values?.length === 1 ? values[0] : undefined;
}
