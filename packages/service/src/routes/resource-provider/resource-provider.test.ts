import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestStore, stateDirectory, value } from '@atesto/store/testing';
import { bearer, identity, managementBearer, named } from '../../__fixtures__/callers.ts';
import { makeCertificate } from '../../__fixtures__/certificates.ts';
import { refusalOf } from '../../__fixtures__/enclave.ts';
import { type Answer, serve } from '../../__fixtures__/service.ts';

const store = await openTestStore();
const service = await serve({ identity }, { store });
const administrator = await managementBearer('ada', 'administrators');
const subscription = '/subscriptions/11111111-2222-3333-4444-555555555555';
const attestation = 'providers/Microsoft.Attestation';
const group = `${subscription}/resourceGroups/production/${attestation}/attestationProviders`;
const version = 'api-version=2021-06-01';

interface Changes {
  readonly body?: object | string;
  readonly headers?: Record<string, string>;
  readonly query?: string;
}

function call(method: string, path: string, { body, headers = {}, query = version }: Changes = {}): Promise<Answer> {
  return service.call(`${path}?${query}`, {
    method,
    headers: { ...administrator, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

const creation = { location: 'local', tags: { team: 'trust' }, properties: {} };
const put = (name: string, body: object | string = creation, changes: Changes = {}) =>
  call('PUT', `${group}/${name}`, { body, ...changes });
const jsonOf = (answer: Answer) => {
  assert.ok(answer.status < 400, answer.text);
  return JSON.parse(answer.text);
};

test('creates a provider that attests at once at the URI that it tells', async () => {
  const answer = await put('Contoso');
  const attestUri = `${service.url}/providers/Contoso`;
  assert.deepEqual([answer.status, answer.headers.location], [201, `${attestUri}/`]);
  const { systemData, ...resource } = jsonOf(answer);
  assert.equal(systemData.lastModifiedBy, named('ada'));
  assert.deepEqual(resource, {
    id: `${group}/Contoso`,
    name: 'Contoso',
    type: 'Microsoft.Attestation/attestationProviders',
    location: 'local',
    tags: { team: 'trust' },
    properties: {
      trustModel: 'AAD',
      status: 'Ready',
      attestUri,
      publicNetworkAccess: 'Enabled',
      tpmAttestationAuthentication: 'Enabled',
    },
  });
  const metadata = await service.call('/providers/contoso/.well-known/openid-configuration');
  assert.equal(JSON.parse(metadata.text).issuer, attestUri);
  assert.deepEqual(jsonOf(await call('GET', `${group}/CONTOSO`)), { ...resource, systemData });
  assert.deepEqual(jsonOf(await call('GET', `${group}/contoso`, { query: 'api-version=2020-10-01' })).name, 'Contoso');
});

test('makes a provider with policy signers Isolated, and puts the signers down', async () => {
  const [one, two] = [await makeCertificate('one'), await makeCertificate('two')];
  const leaf = await makeCertificate('leaf', { isCa: false, issuer: one });
  const keys = [
    { kty: 'EC', x5c: [leaf.base64, one.base64] },
    { kty: 'EC', x5c: [two.base64] },
  ];
  const isolated = { ...creation, properties: { policySigningCertificates: { keys } } };
  assert.equal(jsonOf(await put('isolated', isolated)).properties.trustModel, 'Isolated');
  const record = value(await store.providers.byName('isolated')) ?? assert.fail();
  const signers = value(await store.signers.current(record.id));
  assert.deepEqual(
    signers?.certificates.map(({ x5c }) => x5c),
    keys.map(({ x5c }) => x5c),
  );
  assert.match(signers?.certificates[0]?.thumbprint ?? '', /^[0-9A-F]{40}$/);
  assert.equal((await put('isolated', isolated)).status, 200);
  const others = { ...creation, properties: { policySigningCertificates: { keys: keys.slice(1) } } };
  assert.deepEqual(refusalOf(await put('isolated', others)), [409, 'Conflict', 'provider-exists']);
});

test('refuses policy signers whose certificate is unreadable, not in force, weak, or whose chain holds no CA', async () => {
  const ca = await makeCertificate('ca');
  const other = await makeCertificate('other');
  const leaf = await makeCertificate('leaf', { isCa: false, issuer: ca });
  const below = await makeCertificate('below', { isCa: false, issuer: leaf });
  const day = 86_400_000;
  const bad: Record<string, readonly string[]> = {
    unreadable: ['AAAA'],
    'with bytes behind it': [Buffer.concat([Buffer.from(ca.base64, 'base64'), Buffer.of(0)]).toString('base64')],
    expired: [(await makeCertificate('expired', { notAfter: new Date(Date.now() - day / 2) })).base64],
    'not yet in force': [(await makeCertificate('early', { notBefore: new Date(Date.now() + day / 2) })).base64],
    'no CA': [(await makeCertificate('self', { isCa: false })).base64],
    'leaf alone': [leaf.base64],
    'of another CA': [leaf.base64, other.base64],
    'issued by no CA': [below.base64, leaf.base64, ca.base64],
  };
  for (const [name, x5c] of Object.entries(bad)) {
    const body = { ...creation, properties: { policySigningCertificates: { keys: [{ kty: 'EC', x5c }] } } };
    assert.deepEqual(refusalOf(await put('refused', body)), [400, 'InvalidParameter', 'policy-signer-invalid'], name);
  }
  const weak = await makeCertificate('weak', {
    algorithm: {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
    },
  });
  const body = { ...creation, properties: { policySigningCertificates: { keys: [{ x5c: [weak.base64] }] } } };
  assert.deepEqual(refusalOf(await put('refused', body)), [400, 'InvalidParameter', 'policy-signer-invalid']);
  assert.equal(value(await store.providers.byName('refused')), undefined);
});

test('updates tags and settings, and leaves alone what is not named', async () => {
  await put('patched');
  const patch = (body: object, headers = {}) => call('PATCH', `${group}/patched`, { body, headers });
  const changed = jsonOf(await patch({ tags: { a: 'b' }, properties: { tpmAttestationAuthentication: 'Disabled' } }));
  assert.deepEqual(changed.tags, { a: 'b' });
  assert.equal(changed.properties.tpmAttestationAuthentication, 'Disabled');
  const again = jsonOf(await patch({ properties: { publicNetworkAccess: 'Enabled' } }));
  assert.deepEqual([again.tags, again.properties], [{ a: 'b' }, changed.properties]);
});

test('closes a provider whose publicNetworkAccess is disabled, and opens it again', async () => {
  await put('closed', { ...creation, properties: { publicNetworkAccess: 'Disabled' } });
  const certs = () => service.call('/providers/closed/certs');
  assert.deepEqual(refusalOf(await certs()), [403, 'Forbidden', 'provider-closed']);
  await call('PATCH', `${group}/closed`, { body: { properties: { publicNetworkAccess: 'Enabled' } } });
  assert.equal((await certs()).status, 200);
});

test('makes a change only to the version that the caller has seen', async () => {
  const { etag } = (await put('conditional')).headers;
  const patch = (ifMatch: string) =>
    call('PATCH', `${group}/conditional`, { body: { tags: {} }, headers: { 'if-match': ifMatch } });
  assert.equal((await patch(String(etag))).status, 200);
  assert.deepEqual(refusalOf(await patch(String(etag))), [412, 'PreconditionFailed', 'version-conflict']);
  assert.deepEqual(refusalOf(await patch('W/"1"')), [400, 'InvalidParameter', 'member-invalid']);
  const fresh = await put('conditional', creation, { headers: { 'if-none-match': '*' } });
  assert.deepEqual(refusalOf(fresh), [412, 'PreconditionFailed', 'version-conflict']);
});

test('lists by subscription and by group, and tells the default provider', async () => {
  const elsewhere = `${subscription}/resourceGroups/Other/${attestation}/attestationProviders`;
  await call('PUT', `${elsewhere}/elsewhere`, { body: creation });
  const names = async (path: string) => jsonOf(await call('GET', path)).value.map(({ name }: { name: string }) => name);
  assert.deepEqual(await names(elsewhere.toLowerCase()), ['elsewhere']);
  assert.ok((await names(group)).includes('Contoso') && !(await names(group)).includes('elsewhere'));
  const all = await names(`${subscription}/${attestation}/attestationProviders`);
  assert.ok(all.includes('Contoso') && all.includes('elsewhere') && !all.includes('default'));
  assert.deepEqual(await names(`/subscriptions/other/${attestation}/attestationProviders`), []);
  assert.deepEqual(await names(`${subscription}/${attestation}/defaultProviders`), ['default']);
  const local = jsonOf(await call('GET', `${subscription}/${attestation}/locations/Local/defaultProvider`));
  assert.equal(local.properties.attestUri, service.url);
  const nowhere = await call('GET', `${subscription}/${attestation}/locations/mars/defaultProvider`);
  assert.deepEqual(refusalOf(nowhere), [404, 'ResourceNotFound', 'provider-unknown']);
  assert.equal(jsonOf(await service.call(`/${attestation}/operations?${version}`)).value.length, 3);
});

test('answers for private endpoints as Azure does for a provider without any', async () => {
  await put('plain');
  for (const kind of ['privateEndpointConnections', 'privateLinkResources']) {
    assert.deepEqual(jsonOf(await call('GET', `${group}/plain/${kind}`)), { value: [] });
    const elsewhere = await call('GET', `${group}/absent/${kind}`);
    assert.deepEqual(refusalOf(elsewhere), [404, 'ResourceNotFound', 'provider-unknown']);
  }
  const one = `${group}/plain/privateEndpointConnections/mine`;
  const unknown = [404, 'ResourceNotFound', 'private-endpoint-connection-unknown'];
  assert.deepEqual(refusalOf(await call('GET', one)), unknown);
  assert.deepEqual(refusalOf(await call('PUT', one, { body: { properties: {} } })), unknown);
  assert.equal((await call('DELETE', one)).status, 204);
  assert.equal((await service.call(`${one}?${version}`)).status, 401);
});

test('tells of a provider what each version of the API has', async () => {
  await put('versioned');
  const membersAt = async (at: string) => {
    const answer = await call('GET', `${group}/versioned`, { query: `api-version=${at}` });
    return Object.keys(jsonOf(answer).properties).slice(3);
  };
  const added = ['publicNetworkAccess', 'tpmAttestationAuthentication'];
  assert.deepEqual(await membersAt('2018-09-01-preview'), []);
  assert.deepEqual(await membersAt('2018-09-01'), []);
  assert.deepEqual(await membersAt('2020-10-01'), []);
  assert.deepEqual(await membersAt('2021-06-01-preview'), added.slice(0, 1));
  assert.deepEqual(await membersAt('2021-06-01'), added);
  assert.deepEqual(await membersAt('2022-08-01'), added);
});

test('deletes a provider once; its name is free again', async () => {
  await put('fleeting');
  assert.equal((await call('DELETE', `${group}/Fleeting`)).status, 200);
  assert.deepEqual(refusalOf(await service.call('/providers/fleeting/certs')), [
    404,
    'ResourceNotFound',
    'provider-unknown',
  ]);
  assert.equal((await call('DELETE', `${group}/fleeting`)).status, 204);
  assert.equal((await call('GET', `${group}/fleeting`)).status, 404);
  assert.equal((await put('fleeting')).status, 201);
});

test('does not touch a provider that is in another group, or the default one', async () => {
  const other = `${subscription}/resourceGroups/other/${attestation}/attestationProviders`;
  for (const method of ['GET', 'PATCH']) {
    const answer = await call(method, `${other}/Contoso`, method === 'GET' ? {} : { body: {} });
    assert.deepEqual(refusalOf(answer), [404, 'ResourceNotFound', 'provider-unknown'], method);
  }
  assert.equal((await call('DELETE', `${other}/Contoso`)).status, 204);
  const taken = [409, 'Conflict', 'provider-exists'];
  assert.deepEqual(refusalOf(await call('PUT', `${other}/Contoso`, { body: creation })), taken);
  assert.deepEqual(refusalOf(await put('default')), taken);
  assert.equal((await call('DELETE', `${group}/default`)).status, 204);
  assert.equal((await service.call('/certs')).status, 200);
});

test('serves the service administrator with a token for this API, and nobody else', async () => {
  const ask = (headers: Record<string, string>) =>
    service.call(`${group}/Contoso?${version}`, { headers }).then(refusalOf);
  assert.deepEqual(await ask({}), [401, 'Unauthorized', 'access-token-missing']);
  const wrongAudience = await bearer('ada', 'administrators');
  assert.deepEqual(await ask(wrongAudience), [401, 'Unauthorized', 'access-token-audience-wrong']);
  const contributor = await managementBearer('carl', 'contoso-contributors');
  assert.deepEqual(await ask(contributor), [403, 'AuthorizationFailed', 'administrator-role-missing']);
});

test('refuses names, bodies and versions that are not of the contract', async () => {
  for (const name of ['ab', 'x'.repeat(25), 'a_b', "x'--", '%2e%2e%2fx', 'a%00b', 'käse']) {
    const answer = await put(encodeURI(decodeURIComponent(name)).replaceAll('/', '%2f'));
    assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'provider-name-invalid'], name);
  }
  const invalid = [400, 'InvalidParameter', 'member-invalid'];
  const bodies = [
    {},
    { location: 1 },
    { ...creation, tags: { a: 1 } },
    { ...creation, properties: { publicNetworkAccess: 'Maybe' } },
    { ...creation, properties: { policySigningCertificates: { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] } } },
  ];
  for (const body of bodies) assert.deepEqual(refusalOf(await put('refused', body)), invalid, JSON.stringify(body));
  assert.deepEqual(refusalOf(await put('refused', '[]'))[2], 'body-not-json');
  assert.deepEqual(refusalOf(await put('refused', ''))[2], 'body-empty');
  const unknown = await put('refused', creation, { query: 'api-version=2019-01-01' });
  assert.deepEqual(refusalOf(unknown), [400, 'NoRegisteredProviderFound', 'management-api-version-unknown']);
  assert.match(unknown.text, /supported api-versions are '2018-09-01-preview, .*2021-06-01-preview, 2021-06-01/);
  const missing = await put('refused', creation, { query: '' });
  assert.deepEqual(refusalOf(missing), [400, 'MissingApiVersionParameter', 'api-version-missing']);
  const odd = await call(
    'GET',
    `/subscriptions/${encodeURIComponent("x' or 1=1")}/${attestation}/attestationProviders`,
  );
  assert.deepEqual(refusalOf(odd), invalid);
});

test('puts every act down, refused or not, with who it was', async () => {
  const text = (
    await service.call('/audit?scope=service&provider=fleeting', { headers: await bearer('a', 'administrators') })
  ).text;
  const acts = JSON.parse(text).entries.map(({ operation, verdict, caller }: Record<string, string>) => [
    operation,
    verdict,
    caller,
  ]);
  assert.deepEqual(
    acts.toReversed().filter(([operation]: string[]) => operation !== 'attest'),
    [
      ['create-provider', 'allowed', named('ada')],
      ['delete-provider', 'allowed', named('ada')],
      ['delete-provider', 'allowed', named('ada')],
      ['read-provider', 'refused', named('ada')],
      ['create-provider', 'allowed', named('ada')],
    ],
  );
});

test('keeps providers across a restart', async () => {
  const directory = stateDirectory();
  const settings = { identity, stateDirectory: directory };
  const first = await serve(settings);
  const created = await first.call(`${group}/lasting?${version}`, {
    method: 'PUT',
    headers: { ...administrator, 'content-type': 'application/json' },
    body: JSON.stringify(creation),
  });
  assert.equal(created.status, 201);
  await first.close();
  const second = await serve(settings);
  assert.equal((await second.call('/providers/lasting/certs')).status, 200);
});
