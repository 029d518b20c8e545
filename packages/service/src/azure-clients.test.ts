/** What Azure's clients send and need, each test named after its client. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openTestStore, stateDirectory } from '@atesto/store/testing';
import { operationClaims, payloadOf, providerWith } from './__fixtures__/administration.ts';
import { bearer, bearerWith, identity, managementBearer } from './__fixtures__/callers.ts';
import { makeCertificate } from './__fixtures__/certificates.ts';
import {
  base64url,
  claimsOf,
  collateral,
  platform,
  quoteOf,
  refusalOf,
  serveEnclaves,
} from './__fixtures__/enclave.ts';
import { connectTo } from './__fixtures__/raw-client.ts';
import type { Answer } from './__fixtures__/service.ts';
import { certificatePayload, policyPayload, signed, unsecured } from './__fixtures__/signed.ts';
import { attestationVersions } from './http/api-version.ts';

const store = await openTestStore();
const tdxCollateral = await platform.collateral({ tee: 'tdx' });
const get = async ({ tee }: { readonly tee: string }) =>
  ({ ok: true, value: { collateral: tee === 'tdx' ? tdxCollateral : collateral } }) as const;
const service = await serveEnclaves({ identity }, { store, intelEndorsements: { get } });

test('cvm-attestation-tools attests TdxVm at 2023-04-01-preview, and every client at its own version', async () => {
  const quote = base64url(platform.tdxQuote());
  for (const { version } of attestationVersions) {
    const claims = claimsOf(await service.attest('TdxVm', { quote }, { version }));
    assert.equal(claims['x-ms-attestation-type'], 'tdxvm', version);
  }
});

test('PowerShell attests SGX enclaves at 2018-09-01-preview with an access token; newer clients without', async () => {
  const missing = [401, 'Unauthorized', 'access-token-missing'];
  for (const { version } of attestationVersions) {
    const anonymous = await service.attest('SgxEnclave', { Quote: quoteOf() }, { version });
    if (version.startsWith('2018-')) assert.deepEqual(refusalOf(anonymous), missing, version);
    else assert.equal(anonymous.status, 200, version);
    const headers = await bearer('pat');
    assert.equal((await service.attest('SgxEnclave', { Quote: quoteOf() }, { version, headers })).status, 200, version);
  }
});

test('a client of 2026-03-11-preview asks /servicehealth, at the service and at a provider', async () => {
  const ask = async (path: string): Promise<Answer> =>
    service.call(`${path}/servicehealth?api-version=2026-03-11-preview`);
  for (const path of ['', '/providers/default']) {
    const { status, text } = await ask(path);
    assert.deepEqual([status, text], [204, '']);
  }
  assert.deepEqual(refusalOf(await ask('/providers/absent')), [404, 'ResourceNotFound', 'provider-unknown']);
});

test('a client of a version that Azure never published hears which ones there are', async () => {
  const answer = await service.attest('TdxVm', {}, { version: '2023-04-01' });
  const names = attestationVersions.map(({ version }) => version).join(', ');
  assert.deepEqual(Object(answer.body).error, {
    code: 'UnsupportedApiVersion',
    message: `api-version: it is not supported; the supported api-versions are '${names}'`,
    innererror: { code: 'api-version-unknown' },
  });
});

test('the client for Python reads GET /policies/Tpm; attestTpm of every client is refused while no policy is set', async () => {
  const headers = await bearer('carl', 'default-contributors');
  const jsonHeaders = { ...headers, 'content-type': 'application/json' };
  const data = base64url('{"payload":{"type":"aikcert"}}');
  const readPolicy = async (): Promise<unknown> => {
    const answer = await service.call('/policies/Tpm?api-version=2020-10-01', { headers });
    assert.equal(answer.status, 200);
    return payloadOf(Object(answer.body).token)['x-ms-policy'];
  };
  assert.equal(await readPolicy(), 'eyJhbGciOiJub25lIn0..');
  const attest = () => service.attest('Tpm', { data }, { headers });
  assert.deepEqual(refusalOf(await service.attest('Tpm', { data })), [401, 'Unauthorized', 'access-token-missing']);
  assert.deepEqual(Object((await attest()).body).error, {
    code: 'Bad request',
    message: 'policy: a VBS attestation policy has not been set on the attestation provider',
    innererror: { code: 'tpm-policy-missing' },
  });
  const jws = unsecured(policyPayload('version=1.2;configurationrules{};authorizationrules{=> permit();};'));
  const body = JSON.stringify(jws);
  const set = { method: 'PUT', headers: jsonHeaders, body };
  assert.equal((await service.call('/policies/Tpm?api-version=2020-10-01', set)).status, 200);
  assert.equal(await readPolicy(), jws);
  assert.deepEqual(refusalOf(await attest()), [404, 'ResourceNotFound', 'attestation-type-unknown']);
});

test('clients of 2026-03-11-preview set policies for Pluton, KeyGuard, MdepTz and AiHsm: kept and checked', async () => {
  const headers = await bearer('carl', 'default-contributors');
  const policyOf = (type: string, sent: { method: string; body?: string }): Promise<Answer> =>
    service.call(`/policies/${type}?api-version=2026-03-11-preview`, {
      ...sent,
      headers: { ...headers, ...(sent.body === undefined ? {} : { 'content-type': 'text/plain' }) },
    });
  for (const type of ['Pluton', 'KeyGuard', 'mdeptz', 'AiHsm']) {
    const jws = unsecured(policyPayload('version=1.2;authorizationrules{=> permit();};'));
    assert.equal((await policyOf(type, { method: 'PUT', body: jws })).status, 200, type);
    const shown = await policyOf(type, { method: 'GET' });
    assert.equal(payloadOf(Object(shown.body).token)['x-ms-policy'], jws, type);
    const broken = await policyOf(type, { method: 'PUT', body: 'version=1.2;authorizationrules{=> permit(;};' });
    assert.deepEqual(refusalOf(broken), [400, 'PolicyParsingError', 'policy-invalid'], type);
    const attested = await service.attest(type, { attestationInfo: 'e30' }, { version: '2026-03-11-preview' });
    assert.deepEqual(refusalOf(attested), [404, 'ResourceNotFound', 'attestation-type-unknown'], type);
  }
});

test('az attestation get-default-by-location finds the default provider under the name of a region, written either way', async () => {
  const shared = { stateDirectory: stateDirectory() };
  const first = await serveEnclaves({ identity, ...shared });
  await first.close();
  const regional = await serveEnclaves({ identity, ...shared, providers: { location: 'West US' } });
  const headers = await managementBearer('ada', 'administrators');
  const at = (location: string): Promise<Answer> =>
    regional.call(
      `/subscriptions/s/providers/Microsoft.Attestation/locations/${location}/defaultProvider?api-version=2020-10-01`,
      { headers },
    );
  for (const location of ['westus', 'West%20US', 'WestUS']) {
    const { id, name, location: told, properties } = Object((await at(location)).body);
    assert.deepEqual(
      [id, name, told],
      ['/providers/Microsoft.Attestation/attestationProviders/default', 'default', 'West US'],
    );
    assert.equal(properties.attestUri, regional.url);
  }
  assert.deepEqual(refusalOf(await at('local')), [404, 'ResourceNotFound', 'provider-unknown']);
});

describe('clients that drop the path of their address', () => {
  const report = { report: base64url(platform.openEnclaveReport()) };
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(report) };
  const attest = '/attest/OpenEnclave?api-version=2020-10-01';

  test('ego and azure_svc_attestation reach their provider by its host name, where there is a base domain', async () => {
    const ownStore = await openTestStore();
    const hosted = await serveEnclaves({ identity, providers: { baseDomain: 'attest.test' } }, { store: ownStore });
    await providerWith(ownStore, 'hosted');
    const { port } = new URL(hosted.url);
    const host = `hosted.attest.test:${port}`;
    const claims = claimsOf(await hosted.call(attest, { ...post, headers: { ...post.headers, host } }));
    assert.equal(claims.iss, `https://${host}`);
  });

  test('without one, ego gets a token of the default provider, whose issuer is not the address that it was given', async () => {
    await providerWith(store, 'pathonly');
    const given = new URL(`${service.url}/providers/pathonly`);
    const { pathname, search } = new URL(attest, given);
    const claims = claimsOf(await service.call(`${pathname}${search}`, post));
    assert.equal(claims.iss, service.url);
    assert.notEqual(claims.iss, given.href);
  });

  test('a request that names another provider than the one it reaches is refused, whatever names it', async () => {
    await providerWith(store, 'contoso');
    const uri = `${service.url}/providers/contoso`;
    const misdirected = [421, 'MisdirectedRequest', 'provider-misdirected'];
    const token = await bearerWith({ sub: 'ego', aud: uri });
    const tells: Record<string, string>[] = [{ tenantName: 'contoso' }, token];
    for (const headers of tells) {
      const answer = await service.call(attest, { ...post, headers: { ...post.headers, ...headers } });
      assert.deepEqual(refusalOf(answer), misdirected);
      assert.ok(answer.text.includes(`send it to ${uri}`));
    }
    const client = await connectTo(service);
    await client.write('GET /certs HTTP/1.1\r\nhost: contoso.attest.example\r\n\r\n');
    assert.match(await client.received('provider-misdirected'), /^HTTP\/1\.1 421 /);
    const there = { ...post, headers: { ...post.headers, tenantName: 'contoso' } };
    assert.equal((await service.call(`/providers/contoso${attest}`, there)).status, 200);
  });
});

test('Terraform asks for a token for the host less two labels, with a slash: accepted where configured', async () => {
  const audiences = ['https://attest.azure.net', 'https://attest.example'];
  const configured = await serveEnclaves({ identity: { ...identity, audiences } });
  const headers = await bearerWith({ sub: 'terraform', aud: 'https://attest.example/' });
  assert.equal((await configured.attest('SgxEnclave', { quote: quoteOf() }, { headers })).status, 200);
  const elsewhere = await service.attest('SgxEnclave', { quote: quoteOf() }, { headers });
  assert.deepEqual(refusalOf(elsewhere), [401, 'Unauthorized', 'access-token-audience-wrong']);
});

describe('the client for C++, whose EC signatures are DER under the algorithm EC', () => {
  const call = async (method: string, path: string, body: string): Promise<Answer> =>
    service.call(`/providers/cpp${path}?api-version=2020-10-01`, {
      method,
      headers: { ...(await bearer('carl', 'cpp-contributors')), 'content-type': 'application/json' },
      body,
    });
  const cpp = { alg: 'EC', options: { dsaEncoding: 'der' } } as const;

  test('sets and resets a policy by a bare JWS as application/json, and adds a signer by a quoted one', async () => {
    const signer = await makeCertificate('cpp');
    const other = await makeCertificate('other');
    await providerWith(store, 'cpp', signer);
    const policy = await signed(signer, policyPayload('version= 1.0;authorizationrules{=> permit();};'), cpp);
    const set = operationClaims(await call('PUT', '/policies/SgxEnclave', policy));
    assert.equal(set['x-ms-policy-result'], 'Updated');
    const reset = operationClaims(await call('POST', '/policies/SgxEnclave:reset', await signed(signer, '', cpp)));
    assert.deepEqual(reset, { 'x-ms-policy-result': 'Removed' });
    const request = await signed(signer, certificatePayload(other), cpp);
    const added = operationClaims(await call('POST', '/certificates:add', JSON.stringify(request)));
    assert.equal(added['x-ms-policycertificates-result'], 'IsPresent');
  });
});
