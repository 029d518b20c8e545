/** Lets only attested callers reach a handler of `node:http`, Express or Connect. */
import type { VerifiedToken, Verifier } from '../verifier.ts';
import { type MiddlewareOptions, refusalAnswer, verifyHeader } from './answer.ts';

/** The part of an `http.IncomingMessage` that is read. */
export interface NodeRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The part of an `http.ServerResponse` that is written. */
export interface NodeResponse {
  statusCode: number;
  /** Sets a header of the answer. */
  setHeader(name: string, value: string): unknown;
  /** Sends the body and ends the answer. */
  end(body: string): unknown;
}

const attestations = new WeakMap<object, VerifiedToken>();

/** The verified token of a request that passed {@link requireAttestation}. */
export function attestationOf(request: NodeRequest): VerifiedToken | undefined {
  return attestations.get(request);
}

/**
 * Middleware that answers refused requests itself and calls `next` for attested ones, or with an error that is a bug.
 *
 * @example
 * app.use('/secrets', requireAttestation(verifier));
 * app.get('/secrets', (request, response) => response.json(attestationOf(request)?.claims));
 */
export function requireAttestation(
  verifier: Verifier,
  options: MiddlewareOptions = {},
): (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void) => Promise<void> {
  return async (request, response, next) => {
    let verdict: Awaited<ReturnType<Verifier['verify']>>;
    try {
      verdict = await verifyHeader(verifier, options, (name) => single(request.headers[name]));
    } catch (error) {
      return next(error);
    }
    if (verdict.ok) {
      attestations.set(request, verdict.value);
      return next();
    }
    const answer = refusalAnswer(verdict.refusal);
    response.statusCode = answer.status;
    for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
    response.end(answer.body);
  };
}

/** A header that is repeated names no one token. */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
