/** Access tokens of a service's development OpenID provider, asked for as any OpenID client does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import type { TestService } from './service.ts';

/** Asks the development provider for an access token as any OpenID client does. @param at default: its own endpoint */
export function askToken(of: TestService, changes: Record<string, string> = {}, at?: string): Promise<Answer> {
  const { issuer, clientId, clientSecret, scope } = of.developmentIdentity ?? assert.fail('it does not run');
  const form = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
    ...changes,
  };
  return send('POST', at ?? `${issuer}/token`, of.caFile, new URLSearchParams(form).toString());
}

/** A document of the development provider. */
export async function getJson(of: TestService, uri: string): Promise<unknown> {
  const { status, body } = await send('GET', uri, of.caFile);
  assert.equal(status, 200, `${uri}: ${body}`);
  return JSON.parse(body);
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function send(method: string, uri: string, caFile: string | undefined, body?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const call = request(uri, { method, ca: readFileSync(caFile ?? ''), headers, agent: false }, (response) => {
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
export async function tokenOf(of: TestService, changes: Record<string, string> = {}, at?: string): Promise<string> {
  const { status, body } = await askToken(of, changes, at);
  assert.equal(status, 200, body);
  return JSON.parse(body).access_token;
}
