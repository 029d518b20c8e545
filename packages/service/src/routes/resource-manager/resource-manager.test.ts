import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestStore } from '@atesto/store/testing';
import { bearer, identity, managementBearer } from '../../__fixtures__/callers.ts';
import { refusalOf } from '../../__fixtures__/enclave.ts';
import { serve } from '../../__fixtures__/service.ts';
import { authorityOf } from './authority.ts';

const store = await openTestStore();
const service = await serve({ identity }, { store });
const administrator = await managementBearer('ada', 'administrators');
const metadata = (version: string) => service.call(`/metadata/endpoints?api-version=${version}`);
const loginEndpoint = identity.issuers?.[0]?.issuer.replace('/tenant/v2.0', '');
const audiences = ['https://management.azure.com', 'https://management.azure.com/'];
const cloud = {
  name: 'Atesto',
  authentication: { loginEndpoint, audiences, tenant: 'tenant', identityProvider: 'AAD' },
  resourceManager: `${service.url}/`,
  graphAudience: `${service.url}/`,
  microsoftGraphResourceId: `${service.url}/`,
  attestationResourceId: 'https://attest.azure.net',
  suffixes: { attestationEndpoint: new URL(service.url).host },
};

test('az cloud register and Terraform’s metadata_host find a cloud, without a token', async () => {
  assert.deepEqual((await metadata('2022-09-01')).body, cloud);
});

test('ARM_CLOUD_METADATA_URL of the older az gives a list of clouds', async () => {
  for (const version of ['2019-05-01', '2020-06-01']) assert.deepEqual((await metadata(version)).body, [cloud]);
});

test('Azure Stack’s clients find where to sign in', async () => {
  const expected = {
    galleryEndpoint: '',
    graphEndpoint: '',
    portalEndpoint: '',
    authentication: { loginEndpoint: `${loginEndpoint}/`, audiences },
  };
  for (const version of ['1.0', '2015-01-01']) assert.deepEqual((await metadata(version)).body, expected);
});

test('metadata of unknown versions and other methods are refused', async () => {
  assert.deepEqual(refusalOf(await metadata('2023-01-01')), [
    400,
    'NoRegisteredProviderFound',
    'management-api-version-unknown',
  ]);
  const without = await service.call('/metadata/endpoints');
  assert.deepEqual(refusalOf(without), [400, 'MissingApiVersionParameter', 'api-version-missing']);
  const deleted = await service.call('/metadata/endpoints', { method: 'DELETE' });
  assert.deepEqual(refusalOf(deleted), [405, 'MethodNotAllowed', 'method-not-allowed']);
});

test('the suffix of host names is the domain of the providers where they have one', async () => {
  const named = await serve({ identity, providers: { baseDomain: 'attest.example.org' } });
  const body: unknown = (await named.call('/metadata/endpoints?api-version=2022-09-01')).body;
  assert.deepEqual(Reflect.get(Object(body), 'suffixes'), { attestationEndpoint: 'attest.example.org' });
});

test('the login endpoint is that of Entra ID in both its versions, else the issuer itself', () => {
  const of = (...issuers: string[]) => authorityOf(issuers.map((issuer) => ({ issuer })));
  const entra = { loginEndpoint: 'https://login.microsoftonline.com', tenant: 'contoso' };
  assert.deepEqual(of('https://login.microsoftonline.com/contoso/v2.0', 'https://other.example.org'), entra);
  assert.deepEqual(of('https://sts.windows.net/contoso/'), entra);
  assert.deepEqual(of('https://id.example.org/'), { loginEndpoint: 'https://id.example.org', tenant: 'common' });
  assert.deepEqual(of(), { loginEndpoint: '', tenant: 'common' });
});

const first = '00000000-0000-0000-0000-000000000000';
const subscription = (subscriptionId: string): object => ({
  id: `/subscriptions/${subscriptionId}`,
  subscriptionId,
  tenantId: 'tenant',
  displayName: subscriptionId,
  state: 'Enabled',
  authorizationSource: 'RoleBased',
  managedByTenants: [],
});

test('az login finds a subscription before there is a provider, and those of providers', async () => {
  const list = async () =>
    (await service.call('/subscriptions?api-version=2022-12-01', { headers: administrator })).body;
  assert.deepEqual(await list(), { value: [subscription(first)] });
  const other = '11111111-2222-3333-4444-555555555555';
  for (const name of ['one', 'two']) {
    const group = `/subscriptions/${other}/resourceGroups/a/providers/Microsoft.Attestation/attestationProviders`;
    const made = await service.call(`${group}/${name}?api-version=2021-06-01`, {
      method: 'PUT',
      headers: { ...administrator, 'content-type': 'application/json' },
      body: '{"location":"local","properties":{}}',
    });
    assert.equal(made.status, 201);
  }
  assert.deepEqual(await list(), { value: [subscription(first), subscription(other)] });
});

test('az login --subscription and --tenant find a subscription and the tenant', async () => {
  const ask = (path: string) => service.call(`${path}?api-version=2022-12-01`, { headers: administrator });
  assert.deepEqual((await ask('/subscriptions/abc')).body, subscription('abc'));
  assert.deepEqual((await ask('/tenants')).body, {
    value: [{ id: '/tenants/tenant', tenantId: 'tenant', displayName: 'tenant', tenantCategory: 'Home' }],
  });
  assert.deepEqual(refusalOf(await ask('/subscriptions/a%20b')), [400, 'InvalidParameter', 'member-invalid']);
});

test('subscriptions and tenants are for the service administrator alone', async () => {
  for (const path of ['/subscriptions', '/subscriptions/abc', '/tenants']) {
    const ask = async (headers: Record<string, string>) =>
      refusalOf(await service.call(`${path}?api-version=2022-12-01`, { headers }));
    assert.deepEqual(await ask({}), [401, 'Unauthorized', 'access-token-missing']);
    assert.deepEqual(await ask(await bearer('ada', 'administrators')), [
      401,
      'Unauthorized',
      'access-token-audience-wrong',
    ]);
    const reader = await managementBearer('rea', 'default-readers');
    assert.deepEqual(await ask(reader), [403, 'AuthorizationFailed', 'administrator-role-missing']);
    const unknown = await service.call(`${path}?api-version=2099-01-01`, { headers: administrator });
    assert.deepEqual(refusalOf(unknown), [400, 'NoRegisteredProviderFound', 'management-api-version-unknown']);
  }
});
