/** What Azure's clients send and need, each test named after its client; recorded exchanges are told in this project's own words. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { openTestStore, stateDirectory } from '@atesto/store/testing';
import { payloadOf, providerWith } from './__fixtures__/administration.ts';
import { bearer, bearerWith, identity, managementBearer } from './__fixtures__/callers.ts';
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
import { policyPayload, unsecured } from './__fixtures__/signed.ts';
import { attestationVersions } from './http/api-version.ts';

const store = await openTestStore();
const tdxCollateral = await platform.collateral({ tee: 'tdx' });
const get = async ({ tee }: { readonly tee: string }) =>
  ({ ok: true, collateral: tee === 'tdx' ? tdxCollateral : collateral }) as const;
const service = await serveEnclaves({ identity }, { store, intelEndorsements: { get } });

const group = '/subscriptions/s/resourceGroups/clitest/providers/Microsoft.Attestation/attestationProviders';

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
    const hosted = await serveEnclaves({ identity, providers: { baseDomain: 'attest.test' } }, { store });
    await providerWith(store, 'hosted');
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

describe('az attestation, as its recorded exchange goes', () => {
  const name = 'att3';
  const policies = `/providers/${name}/policies/SgxEnclave`;
  const manage = async (method: string, version: string, body?: object): Promise<Answer> =>
    service.call(`${group}/${name}?api-version=${version}`, {
      method,
      headers: { ...(await managementBearer('ada', 'administrators')), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const call = async (method: string, path: string, body?: string): Promise<Answer> =>
    service.call(`${path}?api-version=2022-08-01`, {
      method,
      headers: { ...(await bearer('carl', `${name}-contributors`)), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  /** The claims of a reply: those of every token of its kind, and those of the operation. */
  const claims = (answer: Answer): Record<string, unknown> => {
    const { exp, iat, nbf, iss, ...rest } = payloadOf(Object(answer.body).token);
    assert.deepEqual([answer.status, Number(exp) - Number(iat), nbf], [200, 3600, iat]);
    assert.equal(iss, `${service.url}/providers/${name}`);
    return rest;
  };
  let defaultPolicy: unknown;

  test('create --location westus makes an AAD provider: 201, with the address of the provider', async () => {
    const body = { location: 'westus', properties: { policySigningCertificates: { keys: [] } } };
    const answer = await manage('PUT', '2020-10-01', body);
    const attestUri = `${service.url}/providers/${name}`;
    assert.deepEqual([answer.status, answer.headers.location], [201, `${attestUri}/`]);
    const { systemData, tags, ...resource } = Object(answer.body);
    assert.deepEqual(resource, {
      id: `${group}/${name}`,
      name,
      type: 'Microsoft.Attestation/attestationProviders',
      location: 'westus',
      properties: { trustModel: 'AAD', status: 'Ready', attestUri },
    });
  });

  test('policy show reads the default policy in an unsecured JWS', async () => {
    const shown = await manage('GET', '2021-06-01');
    const { trustModel, publicNetworkAccess } = Object(shown.body).properties;
    assert.deepEqual([trustModel, publicNetworkAccess], ['AAD', 'Enabled']);
    const { 'x-ms-policy': policy, ...others } = claims(await call('GET', policies));
    assert.deepEqual(others, {});
    const [header, payload, signature] = String(policy).split('.');
    assert.deepEqual([Buffer.from(header ?? '', 'base64url').toString(), signature], ['{"alg":"none"}', '']);
    assert.deepEqual(Object.keys(JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())), [
      'AttestationPolicy',
    ]);
    defaultPolicy = policy;
  });

  test('policy set sends a quoted JWS as JSON; the reply has its hash, and policy show the JWS itself', async () => {
    const text =
      'version= 1.0;\nauthorizationrules {\n[ type=="$is-debuggable", value==false ]\n&& [ type=="$product-id", value==4639 ]\n=> permit();\n};\nissuancerules {\nc:[ type=="$sgx-mrsigner" ] => issue(type="sgx-mrsigner",\nvalue=c.value);\n};\n';
    const typed = `${base64url('{"typ":"JWT","alg":"none"}')}.${base64url(JSON.stringify(policyPayload(text)))}.`;
    for (const jws of [typed, unsecured(policyPayload(text))]) {
      assert.deepEqual(claims(await call('PUT', policies, jws)), {
        'x-ms-policy-result': 'Updated',
        'x-ms-policy-token-hash': createHash('sha256').update(jws).digest('base64url'),
      });
      assert.deepEqual(claims(await call('GET', policies)), { 'x-ms-policy': jws });
    }
  });

  test('policy reset sends an empty unsecured JWS; the default policy is back', async () => {
    const answer = await call('POST', `${policies}:reset`, 'eyJhbGciOiJub25lIn0..');
    assert.deepEqual(claims(answer), { 'x-ms-policy-result': 'Removed' });
    assert.deepEqual(claims(await call('GET', policies)), { 'x-ms-policy': defaultPolicy });
  });

  test('delete removes the provider: 200 without a body', async () => {
    const answer = await manage('DELETE', '2020-10-01');
    assert.deepEqual([answer.status, answer.text], [200, '']);
  });
});
