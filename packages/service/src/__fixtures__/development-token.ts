/** Access tokens of a service's development OpenID provider, asked for as any OpenID client does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { TestService } from './service.ts';

/** Asks the development provider for an access token as any OpenID client does. */
export function askToken(
  of: TestService,
  changes: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  const { issuer, clientId, clientSecret, scope } = of.developmentIdentity ?? assert.fail('it does not run');
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
    ...changes,
  };
  return post(`${issuer}/token`, new URLSearchParams(form).toString(), of.caFile);
}

function post(uri: string, body: string, caFile: string | undefined): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const call = request(uri, { method: 'POST', ca: readFileSync(caFile ?? ''), headers, agent: false }, (response) => {
    let text = '';
    response.on('data', (chunk) => {
      text += chunk;
    });
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
  });
  call.on('error', reject);
  call.end(body);
  return promise;
}

/** The token of a good request. */
export async function tokenOf(of: TestService, changes: Record<string, string> = {}): Promise<string> {
  const { status, body } = await askToken(of, changes);
  assert.equal(status, 200, body);
  return JSON.parse(body).access_token;
}
