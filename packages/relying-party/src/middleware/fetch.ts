/**
 * Handlers of web-standard requests (service workers, Cloudflare Workers, Deno, Bun) that only attested callers reach.
 *
 * @module relying-party/fetch
 */
import type { VerifiedToken, Verifier } from '../verifier.ts';
import { type MiddlewareOptions, refusalAnswer, requestVerification } from './answer.ts';

export type { MiddlewareOptions } from './answer.ts';

/**
 * Wraps a handler: attested requests reach it with their verified token and what else the platform passes, others are refused. Throws
 * `ConfigurationError` for wrong options.
 *
 * @example
 * export default { fetch: withAttestation(verifier, (request, attestation, env) => Response.json(attestation.claims)) };
 */
export function withAttestation<Rest extends readonly unknown[] = []>(
  verifier: Verifier,
  handler: (request: Request, attestation: VerifiedToken, ...rest: Rest) => Response | Promise<Response>,
  options: MiddlewareOptions<Request> = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  const verify = requestVerification(verifier, options);
  return async (request, ...rest) => {
    const verdict = await verify(request, (name) => request.headers.get(name));
    if (verdict.ok) return handler(request, verdict.value, ...rest);
    const { status, headers, body } = refusalAnswer(verdict.refusal);
    return new Response(body, { status, headers });
  };
}
