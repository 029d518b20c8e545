import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { stateDirectory } from '@atesto/store/testing';
import { decodeJwt } from 'jose';
import { askToken, getJson, tokenOf } from '../__fixtures__/development-token.ts';
import { serve, type TestService } from '../__fixtures__/service.ts';

const state = stateDirectory();
const settings = { stateDirectory: state, developmentIdentity: { enabled: true, port: 0 } };
const service = await serve(settings);

/** The fine-grained code with which an empty attest call is refused: after authentication it is `body-empty`. */
async function attestCode(of: TestService, path: string, version: string, token?: string): Promise<string> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await of.attest(path, '', { version, headers });
  const { error } = JSON.parse(answer.text);
  if (answer.status === 401) {
    const { issuer } = of.developmentIdentity ?? assert.fail();
    const challenge = `Bearer authorization_uri="${issuer}", resource="https://attest.azure.net"`;
    assert.equal(answer.headers['www-authenticate'], challenge);
    assert.equal(error.code, 'Unauthorized');
  }
  return error.innererror.code;
}

test('gives the client an access token that the service accepts', async () => {
  const token = await tokenOf(service);
  assert.equal(await attestCode(service, 'SgxEnclave', '2018-09-01-preview', token), 'body-empty');
});

test('gives a token for the resource-provider API when its scope says so, and none for audiences of others', async () => {
  const management = await tokenOf(service, { scope: 'https://management.azure.com/.default' });
  assert.equal(decodeJwt(management).aud, 'https://management.azure.com');
  assert.equal(await attestCode(service, 'SgxEnclave', '2025-06-01', management), 'access-token-audience-wrong');
  const { status, body } = await askToken(service, { resource: 'https://example.org' });
  assert.deepEqual([status, JSON.parse(body).error], [400, 'invalid_target']);
});

test('azure-identity for Java and C++, and Terraform, get tokens where Entra ID has its token endpoint', async () => {
  const { authorityHost, tenant } = service.developmentIdentity ?? assert.fail();
  for (const name of [tenant, 'organizations', 'common']) {
    const token = await tokenOf(service, {}, `${authorityHost}/${name}/oauth2/v2.0/token`);
    assert.equal(await attestCode(service, 'SgxEnclave', '2018-09-01-preview', token), 'body-empty', name);
  }
  const wrong = await askToken(service, {}, `${authorityHost}/elsewhere/oauth2/v2.0/token`);
  assert.deepEqual([wrong.status, JSON.parse(wrong.body).error], [400, 'invalid_tenant']);
  assert.equal((await askToken(service, {}, `${authorityHost}/${tenant}/oauth2/v3.0/token`)).status, 404);
});

test('Go’s and az’s management clients get the audience of management, whatever else stands in the scope', async () => {
  const asked: Record<string, string> = {
    'https://management.azure.com/.default openid offline_access profile': 'https://management.azure.com',
    'openid https://management.azure.com/.default': 'https://management.azure.com',
    'https://management.azure.com//.default': 'https://management.azure.com/',
  };
  for (const [scope, aud] of Object.entries(asked)) {
    const { status, body } = await askToken(service, { scope });
    assert.equal(status, 200, body);
    const answer = JSON.parse(body);
    assert.equal(decodeJwt(answer.access_token).aud, aud, scope);
    assert.equal(
      answer.scope,
      scope.split(' ').find((one) => one.startsWith('https:')),
      scope,
    );
  }
});

test('Terraform gets a token for the address of the service, which manages providers and attests nothing', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const listener = createServer().listen(0, '127.0.0.1', () => {
    const { port } = Object(listener.address());
    listener.close(() => resolve(Number(port)));
  });
  const known = await serve({ ...settings, stateDirectory: stateDirectory(), listen: { port: await promise } });
  const token = await tokenOf(known, { scope: `${known.url}/.default` });
  const headers = { authorization: `Bearer ${token}` };
  assert.equal((await known.call('/subscriptions?api-version=2022-12-01', { headers })).status, 200);
  assert.equal(await attestCode(known, 'SgxEnclave', '2025-06-01', token), 'access-token-audience-wrong');
});

test('clients of version 1 name a resource, and read when the token expires', async () => {
  const { authorityHost, tenant } = service.developmentIdentity ?? assert.fail();
  const form = { resource: 'https://attest.azure.net/', scope: '' };
  const { status, body } = await askToken(service, form, `${authorityHost}/${tenant}/oauth2/token?api-version=1.0`);
  assert.equal(status, 200, body);
  const { access_token: token, expires_on: expiresOn } = JSON.parse(body);
  const { aud, exp } = decodeJwt(token);
  assert.equal(aud, 'https://attest.azure.net');
  assert.ok(/^[0-9]+$/.test(expiresOn) && Math.abs(Number(expiresOn) - (exp ?? 0)) <= 5, expiresOn);
});

test('a scope that is not known is refused, and never becomes a token for another audience', async () => {
  for (const scope of ['https://vault.azure.net/.default', 'openid', 'https://management.azure.com/.default other']) {
    const { status, body } = await askToken(service, { scope });
    assert.deepEqual([status, JSON.parse(body).error], [400, 'invalid_scope'], scope);
  }
});

test('MSAL finds the tenant through organizations, common and instance discovery', async () => {
  const { authorityHost, tenant, issuer } = service.developmentIdentity ?? assert.fail();
  const metadata = await getJson(service, `${issuer}/.well-known/openid-configuration`);
  assert.equal(Reflect.get(Object(metadata), 'issuer'), issuer);
  for (const path of ['organizations/v2.0', 'common/v2.0', 'common', tenant]) {
    const found = await getJson(service, `${authorityHost}/${path}/.well-known/openid-configuration`);
    assert.deepEqual(found, metadata, path);
  }
  const instance = await getJson(service, `${authorityHost}/common/discovery/instance?api-version=1.1`);
  const { tenant_discovery_endpoint: found } = Object(instance);
  assert.equal(found, `${issuer}/.well-known/openid-configuration`);
  const keys = await getJson(service, `${authorityHost}/${tenant}/discovery/v2.0/keys`);
  assert.deepEqual(keys, await getJson(service, String(Reflect.get(Object(metadata), 'jwks_uri'))));
});

test('gives nothing to a client with a wrong secret', async () => {
  const { status, body } = await askToken(service, { client_secret: 'wrong' });
  assert.equal(status, 401);
  assert.equal(JSON.parse(body).error, 'invalid_client');
});

test('demands a token of 2018-09-01-preview and of no later version', async () => {
  for (const path of ['SgxEnclave', 'OpenEnclave', 'Tee/SgxEnclave', 'tee/openenclave']) {
    assert.equal(await attestCode(service, path, '2018-09-01-preview'), 'access-token-missing', path);
    for (const version of ['2020-10-01', '2022-08-01', '2022-09-01-preview', '2025-06-01']) {
      assert.equal(await attestCode(service, path, version), 'body-empty', `${path} ${version}`);
    }
  }
});

test('refuses a bad token also where none is needed', async () => {
  const [header, payload] = (await tokenOf(service)).split('.');
  const forged = `${header}.${payload}.${Buffer.alloc(256).toString('base64url')}`;
  assert.equal(await attestCode(service, 'SgxEnclave', '2025-06-01', forged), 'access-token-signature-invalid');
  assert.equal(await attestCode(service, 'SgxEnclave', '2025-06-01', 'nonsense'), 'access-token-malformed');
});

test('demands a token of every version when the setting says so', async () => {
  const strict = await serve({ ...settings, stateDirectory: stateDirectory(), identity: { requireAccessToken: true } });
  assert.equal(await attestCode(strict, 'SgxEnclave', '2025-06-01'), 'access-token-missing');
  assert.equal(await attestCode(strict, 'SgxEnclave', '2025-06-01', await tokenOf(strict)), 'body-empty');
  assert.equal(
    await attestCode(strict, 'SgxEnclave', '2025-06-01', await tokenOf(service)),
    'access-token-issuer-unknown',
  );
});

test('keeps the client it made up, readable for its user alone, and prefers a configured one', async () => {
  const file = join(state, 'development', 'client.json');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const again = await serve(settings);
  assert.equal(again.developmentIdentity?.clientSecret, service.developmentIdentity?.clientSecret);
  const configured = { clientId: 'mine', clientSecret: 'a-secret-of-mine-123' };
  const own = await serve({ ...settings, developmentIdentity: { ...settings.developmentIdentity, ...configured } });
  assert.equal(own.developmentIdentity?.clientId, 'mine');
  await tokenOf(own);
});

test('does not run unless it is enabled', async () => {
  const without = await serve();
  assert.equal(without.developmentIdentity, undefined);
});
