/** Maps refusals of a request's attestation token to HTTP answers (RFC 6750, section 3). */
import { settle } from '@atesto/core';
import { expectationRefusals, keyRefusals, relyingPartyCodes } from '../codes.ts';
import { type Outcome, type Refusal, refuse } from '../refusal.ts';
import type { VerifiedToken, Verifier } from '../verifier.ts';

/** The answer: 401 without a valid token, 403 for a genuine token that does not meet an expectation, 503 when keys are unavailable. */
export interface RefusalAnswer {
  readonly status: 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Where a request carries the token. */
export interface MiddlewareOptions {
  /** Header that carries the token. Default `authorization`, as `Bearer <token>`; any other header carries the token alone. */
  readonly header?: string;
}

/** Verifies the token that a header carries. */
export async function verifyHeader(
  verifier: Verifier,
  options: MiddlewareOptions,
  headerValue: (name: string) => string | null | undefined,
): Promise<Outcome<VerifiedToken>> {
  const name = (options.header ?? 'authorization').toLowerCase();
  const token = tokenIn(name, headerValue(name) ?? '');
  return token === ''
    ? settle(() => refuse('token-missing', name, `the request has no token in ${name}`))
    : verifier.verify(token);
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
  if (code !== 'key-unknown' && code !== 'key-unsuitable' && Object.hasOwn(keyRefusals, code)) {
    return { status: 503, headers: { ...headers, 'retry-after': '30' }, body };
  }
  if (Object.hasOwn(expectationRefusals, code)) return { status: 403, headers, body };
  const challenge = code === 'token-missing' ? 'Bearer' : `Bearer error="invalid_token", error_description="${code}"`;
  return { status: 401, headers: { ...headers, 'www-authenticate': challenge }, body };
}
