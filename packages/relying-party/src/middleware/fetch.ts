/** Middleware for web-standard requests (service workers, Hono, Deno, Bun) that admits only attested callers. */
import type { VerifiedToken, Verifier } from '../verifier.ts';
import { type MiddlewareOptions, refusalAnswer, verifyHeader } from './answer.ts';

/** Wraps a handler: attested requests reach it with their verified token, others are refused. */
export function withAttestation(
  verifier: Verifier,
  handler: (request: Request, attestation: VerifiedToken) => Response | Promise<Response>,
  options: MiddlewareOptions = {},
): (request: Request) => Promise<Response> {
  return async (request) => {
    const verdict = await verifyHeader(verifier, options, (name) => request.headers.get(name));
    if (verdict.ok) return handler(request, verdict.value);
    const { status, headers, body } = refusalAnswer(verdict.refusal);
    return new Response(body, { status, headers });
  };
}
