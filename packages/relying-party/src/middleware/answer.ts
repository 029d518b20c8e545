/** Maps refusals of a request's attestation token to HTTP answers (RFC 6750, section 3). */
import { checkOptions, settle } from '@atesto/core';
import { refusalGroup, relyingPartyCodes } from '../codes.ts';
import type { TokenExpectations } from '../expectations/expectations.ts';
import { misuse, type Outcome, type Refusal, refuse } from '../refusal.ts';
import type { VerifiedToken, Verifier } from '../verifier.ts';

/** The answer: 401 without a valid token, 403 for a genuine token that does not meet an expectation, 503 when keys are unavailable. */
export interface RefusalAnswer {
  readonly status: 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where a request carries the token, and what is expected of it. */
export interface MiddlewareOptions<Request> {
  /** Header that carries the token. Default `authorization`, as `Bearer <token>`; any other header carries the token alone. */
  readonly header?: string;
  /**
   * What is expected of the token of this very request, beside the verifier's expectations: the nonce of its session, the key of its client
   * certificate or of its DPoP proof. `undefined` refuses the request with `binding-missing`: it carries nothing to compare with. What it
   * throws, and an empty or malformed expectation (`ConfigurationError`), are errors of the server, not of the caller.
   */
  readonly expect?: (request: Request) => TokenExpectations | undefined | Promise<TokenExpectations | undefined>;
}

/** Verifies the token of a request. @param headerValue by name in lower case */
export type VerifyRequest<Request> = (
  request: Request,
  headerValue: (name: string) => string | null | undefined,
) => Promise<Outcome<VerifiedToken>>;

/** The verification of requests. Throws `ConfigurationError` for wrong options. */
export function requestVerification<Request>(
  verifier: Verifier,
  options: MiddlewareOptions<Request>,
): VerifyRequest<Request> {
  checkOptions<MiddlewareOptions<Request>>(options, { header: true, expect: true }, 'options');
  const { header = 'authorization', expect } = options;
  if (typeof header !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(header))
    misuse('options.header', 'the name of a header');
  if (expect !== undefined && typeof expect !== 'function') misuse('options.expect', 'a function of a request');
  const name = header.toLowerCase();
  return async (request, headerValue) => {
    const token = tokenIn(name, headerValue(name) ?? '');
    if (token === '') return settle(() => refuse('token-missing', name, `the request has no token in ${name}`));
    if (expect === undefined) return verifier.verify(token);
    const expected = await expect(request);
    if (expected !== undefined) return verifier.verify(token, nonEmpty(expected));
    return settle(() =>
      refuse('binding-missing', 'request', 'the request has nothing that its token could be bound to'),
    );
  };
}

/** An expectation that is left out by a condition must not let the request pass without it. */
function nonEmpty(expected: TokenExpectations): TokenExpectations {
  if (Object.keys(Object(expected)).length > 0) return expected;
  return misuse(
    'expect',
    "nonce, runtimeData or both; 'any' for what is not compared, undefined to refuse the request",
  );
}

function tokenIn(name: string, value: string): string {
  if (name !== 'authorization') return value.trim();
  return /^bearer +(\S+)$/i.exec(value.trim())?.[1] ?? '';
}

/** The answer to a refused request. Contains the code and its meaning, never the expectations. */
export function refusalAnswer({ code }: Refusal): RefusalAnswer {
  const error = { code, message: relyingPartyCodes[code] };
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };
  const body = JSON.stringify({ error });
  const group = refusalGroup(code);
  if (group === 'keys') return { status: 503, headers: { ...headers, 'retry-after': '30' }, body };
  if (group === 'expectation') return { status: 403, headers, body };
  const challenge = code === 'token-missing' ? 'Bearer' : `Bearer error="invalid_token", error_description="${code}"`;
  return { status: 401, headers: { ...headers, 'www-authenticate': challenge }, body };
}
