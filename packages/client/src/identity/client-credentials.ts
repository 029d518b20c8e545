/** Access tokens for a program that acts for itself: OAuth 2.0 client credentials, RFC 6749, section 4.4. */
import { checkOptions } from '@atesto/core';
import type { HttpRequest } from '@atesto/http-client';
import { ClientError } from '../error.ts';
import { checkAddress } from '../http/address.ts';
import { type HttpAnswer, openHttpClient } from '../http/answer.ts';
import { memberOf, readMembers, requireMembers, requireText, textMember } from '../http/json.ts';
import { sendWithRetry } from '../http/send.ts';
import { misuse, timeoutMs } from '../options.ts';
import { type AccessToken, type TokenCredential, tokenPattern } from './credential.ts';
import { type ClientAuthentication, discoverTokenEndpoint, type TokenEndpoint } from './discovery.ts';

/** Who the client is and whom it asks. */
export interface ClientCredentialsOptions {
  /** URI of the OpenID issuer, such as `https://login.microsoftonline.com/<tenant>/v2.0`; the rest is discovered. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PEM of a CA that is trusted for the issuer besides the public ones. Default: none. */
  readonly ca?: string;
  /** How long getting one token may take, up to 600 seconds. Default 30. */
  readonly timeoutSeconds?: number;
  /** How the secret is sent. Default: as the issuer says, in the body if it may. */
  readonly clientAuthentication?: ClientAuthentication;
  /** Default: the system's clock. */
  readonly clock?: () => Date;
}

/** A credential that obtains tokens and keeps each until shortly before it expires. */
export interface ClientCredentials extends TokenCredential, AsyncDisposable {
  /** An access token for the scopes, valid now. Throws `ClientError`. */
  getToken(scopes: string | string[], options?: { readonly abortSignal?: AbortSignal }): Promise<AccessToken>;
  /** Ends its connections. */
  close(): Promise<void>;
}

interface IssuedToken extends AccessToken {
  /** Milliseconds since 1970 until which the token is used. */
  readonly usableUntil: number;
}

/** A token is renewed this long before its end, or at half of a shorter life. */
const renewAheadMs = 60_000;

/**
 * Sets up client credentials; nothing is sent before the first token is wanted. Throws `ConfigurationError`.
 *
 * @example
 * const credential = createClientCredentials({
 *   issuer: 'https://login.example.org/realms/main',
 *   clientId: 'my-enclave',
 *   clientSecret: process.env['CLIENT_SECRET'] ?? '',
 * });
 */
export function createClientCredentials(options: ClientCredentialsOptions): ClientCredentials {
  const names = {
    issuer: true,
    clientId: true,
    clientSecret: true,
    ca: true,
    timeoutSeconds: true,
    clientAuthentication: true,
    clock: true,
  } as const;
  checkOptions<ClientCredentialsOptions>(options, names, 'options');
  const issuer = checkAddress(options.issuer, 'options.issuer');
  const { clientId, clientSecret, clock = () => new Date() } = options;
  if (typeof clientId !== 'string' || clientId === '') misuse('options.clientId', 'the id of a client');
  if (typeof clientSecret !== 'string' || clientSecret === '')
    misuse('options.clientSecret', 'the secret of the client');
  const limits = { timeoutMs: timeoutMs(options.timeoutSeconds), retries: 2 };
  const client = openHttpClient(options.ca);
  // All callers share one request for a token, so the cancellation of one of them must not end it.
  const send = (request: HttpRequest): Promise<HttpAnswer> => sendWithRetry(client, request, limits);
  let endpoint: TokenEndpoint | undefined;
  const cached = new Map<string, IssuedToken>();
  const pending = new Map<string, Promise<IssuedToken>>();

  async function obtain(scope: string): Promise<IssuedToken> {
    endpoint ??= await discoverTokenEndpoint(issuer, options.clientAuthentication, send);
    const asked = clock().getTime();
    const issued = readToken(await send(tokenRequest(endpoint, options, scope)), endpoint.uri, asked);
    cached.set(scope, issued);
    return issued;
  }

  return {
    getToken: async (scopes, { abortSignal } = {}) => {
      const scope = typeof scopes === 'string' ? scopes : scopes.join(' ');
      const known = cached.get(scope);
      if (known !== undefined && clock().getTime() < known.usableUntil) return accessToken(known);
      const asked = pending.get(scope) ?? obtain(scope).finally(() => pending.delete(scope));
      pending.set(scope, asked);
      return accessToken(await orCancelled(asked, issuer, abortSignal));
    },
    close: () => client.close(),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const accessToken = ({ token, expiresOnTimestamp }: IssuedToken): AccessToken => ({ token, expiresOnTimestamp });

async function orCancelled<Value>(
  work: Promise<Value>,
  where: string,
  signal: AbortSignal | undefined,
): Promise<Value> {
  if (signal === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = (): void => reject(new ClientError('cancelled', where, 'the caller cancelled the call'));
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function tokenRequest(
  endpoint: TokenEndpoint,
  { clientId, clientSecret }: ClientCredentialsOptions,
  scope: string,
): HttpRequest {
  const isPost = endpoint.authentication === 'client_secret_post';
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope,
    ...(isPost ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  const headers = {
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    ...(isPost ? {} : { authorization: `Basic ${basic(clientId, clientSecret)}` }),
  };
  return { method: 'POST', url: endpoint.uri, headers, body: form.toString() };
}

/** Both parts are form-encoded before they are joined: RFC 6749, section 2.3.1. */
function basic(id: string, secret: string): string {
  const encoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
  return Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64');
}

function readToken(answer: HttpAnswer, where: string, askedAt: number): IssuedToken {
  if (answer.status !== 200) throw new ClientError('identity-refused', where, refusalOf(answer));
  const members = requireMembers(answer.text, where);
  const token = requireText(members, 'access_token', where);
  if (!tokenPattern.test(token) || requireText(members, 'token_type', where).toLowerCase() !== 'bearer') {
    throw new ClientError('answer-malformed', where, 'the answer holds no bearer token');
  }
  // Some issuers write the number as a text; without one the token is used once.
  const seconds = Number(memberOf(members, 'expires_in') ?? 0);
  const lifeMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
  const expiresOnTimestamp = askedAt + lifeMs;
  return { token, expiresOnTimestamp, usableUntil: expiresOnTimestamp - Math.min(renewAheadMs, lifeMs / 2) };
}

/** RFC 6749, section 5.2: the error's code and description, as far as they are printable and short. */
function refusalOf({ status, text }: HttpAnswer): string {
  const members = readMembers(text) ?? {};
  const shown = (name: string): string =>
    (textMember(members, name) ?? '').replace(/[^\x20-\x7e]+/g, ' ').slice(0, 300);
  const [error, description] = [shown('error'), shown('error_description')];
  if (error === '') return `the provider answered ${status}`;
  return `the provider answered ${status} ${error}${description === '' ? '' : `: ${description}`}`;
}
