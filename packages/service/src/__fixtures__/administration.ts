/** Administrators of providers: calls with their roles, and the claims of what is answered. */
import assert from 'node:assert/strict';
import type { ProviderVersion, Store } from '@atesto/store';
import { draft, origin, value } from '@atesto/store/testing';
import { bearer } from './callers.ts';
import type { TestCertificate } from './certificates.ts';
import type { Answer, TestService } from './service.ts';

/** What a call may send besides its body. */
export interface AdministratorCall {
  readonly method?: string;
  readonly body?: string | object;
  readonly type?: string;
  readonly headers?: Record<string, string>;
  /** Groups of the caller; default: the contributors of the provider. */
  readonly groups?: readonly string[];
  readonly version?: string;
}

/** Calls an operation of a provider; objects are sent as JSON, texts as text/plain unless said otherwise. */
export async function administer(
  service: TestService,
  provider: string,
  path: string,
  { method = 'GET', body, type, headers = {}, groups, version = '2020-10-01' }: AdministratorCall = {},
): Promise<Answer> {
  const authorization = await bearer('carl', ...(groups ?? [`${provider}-contributors`]));
  const contentType = type ?? (typeof body === 'object' ? 'application/json' : 'text/plain');
  return service.call(`/providers/${provider}${path}${path.includes('?') ? '&' : '?'}api-version=${version}`, {
    method,
    headers: { ...authorization, ...(body === undefined ? {} : { 'content-type': contentType }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** The claims of a JWT that nobody verifies here. */
export function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

/** The claims of an answer without those that every management token has. */
export function operationClaims(answer: Answer): Record<string, unknown> {
  assert.equal(answer.status, 200, answer.text);
  const { iss, iat, nbf, exp, ...claims } = payloadOf(JSON.parse(answer.text).token);
  assert.deepEqual([nbf, exp], [iat, Number(iat) + 3600]);
  assert.equal(typeof iss, 'string');
  return claims;
}

/** Makes a provider with these policy signers; none: of the model AAD. */
export async function providerWith(
  store: Store,
  name: string,
  ...signers: readonly TestCertificate[]
): Promise<ProviderVersion> {
  const certificates = signers.map(({ base64, certificate }) => ({
    thumbprint: certificate.serialNumber,
    x5c: [base64],
  }));
  const trustModel = signers.length === 0 ? 'AAD' : 'Isolated';
  return value(await store.providers.create(draft({ name, trustModel }), origin(), certificates));
}
