/** Middleware for `node:http`, Express and Connect that admits only attested callers. */
import type { VerifiedToken, Verifier } from '../verifier.ts';
import { type MiddlewareOptions, refusalAnswer, verifyHeader } from './answer.ts';

/** The members of `http.IncomingMessage` that are read. */
export interface NodeRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** The members of `http.ServerResponse` that are used. */
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
 * Middleware that calls `next` for attested requests and refuses others. Calls `next` with an error only for a bug.
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

/** A repeated header is ignored: it does not name one token. */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
