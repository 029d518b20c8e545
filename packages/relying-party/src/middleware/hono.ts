/**
 * Middleware for Hono that admits only attested callers.
 *
 * @module relying-party/hono
 */
import type { VerifiedToken, Verifier } from '../verifier.ts';
import { type MiddlewareOptions, refusalAnswer, requestVerification } from './answer.ts';
import { recall, remember } from './attested.ts';

export type { MiddlewareOptions } from './answer.ts';

/** The members of Hono's context that are used. */
export interface HonoContext {
  readonly req: {
    /** The web-standard request. */
    readonly raw: Request;
    /** The value of a header. */
    header(name: string): string | undefined;
  };
}

/** The verified token of a request that passed {@link requireAttestation}. Throws `ConfigurationError` for any other. */
export function attestationOf(context: HonoContext): VerifiedToken {
  return recall(context, context.req.raw);
}

/**
 * Middleware that lets attested requests pass and refuses others. Throws `ConfigurationError` for wrong options; faults of the server
 * reach `app.onError`.
 *
 * @example
 * app.use('/secrets/*', requireAttestation(verifier));
 * app.get('/secrets/one', (context) => context.json(attestationOf(context).claims));
 */
export function requireAttestation<Context extends HonoContext = HonoContext>(
  verifier: Verifier,
  options: MiddlewareOptions<Context> = {},
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  const verify = requestVerification(verifier, options);
  return async (context, next) => {
    const verdict = await verify(context, (name) => context.req.header(name));
    if (verdict.ok) {
      remember(verdict.value, context, context.req.raw);
      await next();
      return undefined;
    }
    const { status, headers, body } = refusalAnswer(verdict.refusal);
    return new Response(body, { status, headers });
  };
}
