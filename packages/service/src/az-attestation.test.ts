/**
 * The exchanges of `az attestation` with Azure Attestation that are recorded in the tests of its extension (Azure/azure-cli-extensions,
 * src/attestation, December 2023): the same requests get the same statuses and claims. Texts, keys and names are this project's own.
 */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { openTestStore } from '@atesto/store/testing';
import { operationClaims, payloadOf } from './__fixtures__/administration.ts';
import { bearer, identity, managementBearer } from './__fixtures__/callers.ts';
import { makeCertificate, type TestCertificate } from './__fixtures__/certificates.ts';
import { base64url } from './__fixtures__/enclave.ts';
import { type Answer, serve } from './__fixtures__/service.ts';
import { certificatePayload, policyPayload, signed, unsecured } from './__fixtures__/signed.ts';

const service = await serve({ identity }, { store: await openTestStore() });
const group = '/subscriptions/s/resourceGroups/clitest/providers/Microsoft.Attestation/attestationProviders';
const policies = '/policies/SgxEnclave';

/** A call of the resource-provider API. */
async function manage(name: string, method: string, version: string, body?: object): Promise<Answer> {
  return service.call(`${group}/${name}?api-version=${version}`, {
    method,
    headers: { ...(await managementBearer('ada', 'administrators')), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A call of the attestation API, whose bodies are quoted JWS. */
async function call(name: string, method: string, path: string, jws?: string): Promise<Answer> {
  return service.call(`/providers/${name}${path}?api-version=2022-08-01`, {
    method,
    headers: { ...(await bearer('carl', `${name}-contributors`)), 'content-type': 'application/json' },
    ...(jws === undefined ? {} : { body: JSON.stringify(jws) }),
  });
}

/** The claims of the operation in a reply, which must be of the provider. */
function claims(name: string, answer: Answer): Record<string, unknown> {
  const of = operationClaims(answer);
  assert.equal(payloadOf(Object(answer.body).token).iss, `${service.url}/providers/${name}`);
  return of;
}

/** Creates a provider in westus. */
function create(name: string, keys: readonly object[]): Promise<Answer> {
  return manage(name, 'PUT', '2020-10-01', {
    location: 'westus',
    properties: { policySigningCertificates: { keys } },
  });
}

function resourceOf(answer: Answer): unknown {
  const { systemData, tags, ...resource } = Object(answer.body);
  return resource;
}

describe('a provider without signers', () => {
  const name = 'att3';
  const attestUri = `${service.url}/providers/${name}`;
  let defaultPolicy: unknown;

  test('create makes an AAD provider: 201, with the address of the provider', async () => {
    const answer = await create(name, []);
    assert.deepEqual([answer.status, answer.headers.location], [201, `${attestUri}/`]);
    assert.deepEqual(resourceOf(answer), {
      id: `${group}/${name}`,
      name,
      type: 'Microsoft.Attestation/attestationProviders',
      location: 'westus',
      properties: { trustModel: 'AAD', status: 'Ready', attestUri },
    });
  });

  test('policy show reads the default policy in an unsecured JWS', async () => {
    const { trustModel, publicNetworkAccess } = Object((await manage(name, 'GET', '2021-06-01')).body).properties;
    assert.deepEqual([trustModel, publicNetworkAccess], ['AAD', 'Enabled']);
    const { 'x-ms-policy': policy, ...others } = claims(name, await call(name, 'GET', policies));
    assert.deepEqual(others, {});
    const [header, payload, signature] = String(policy).split('.');
    assert.deepEqual([Buffer.from(header ?? '', 'base64url').toString(), signature], ['{"alg":"none"}', '']);
    assert.deepEqual(Object.keys(JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())), [
      'AttestationPolicy',
    ]);
    defaultPolicy = policy;
  });

  test('policy set gets the hash of the JWS, and policy show the JWS itself', async () => {
    const text = `version= 1.0;
authorizationrules {
[ type=="$is-debuggable", value==false ]
&& [ type=="$product-id", value==4639 ]
=> permit();
};
issuancerules {
c:[ type=="$sgx-mrsigner" ] => issue(type="sgx-mrsigner",
value=c.value);
};
`;
    const typed = `${base64url('{"typ":"JWT","alg":"none"}')}.${base64url(JSON.stringify(policyPayload(text)))}.`;
    for (const jws of [typed, unsecured(policyPayload(text))]) {
      assert.deepEqual(claims(name, await call(name, 'PUT', policies, jws)), {
        'x-ms-policy-result': 'Updated',
        'x-ms-policy-token-hash': createHash('sha256').update(jws).digest('base64url'),
      });
      assert.deepEqual(claims(name, await call(name, 'GET', policies)), { 'x-ms-policy': jws });
    }
  });

  test('policy reset sends an empty unsecured JWS; the default policy is back', async () => {
    const answer = await call(name, 'POST', `${policies}:reset`, 'eyJhbGciOiJub25lIn0..');
    assert.deepEqual(claims(name, answer), { 'x-ms-policy-result': 'Removed' });
    assert.deepEqual(claims(name, await call(name, 'GET', policies)), { 'x-ms-policy': defaultPolicy });
  });

  test('delete removes the provider: 200 without a body', async () => {
    const answer = await manage(name, 'DELETE', '2020-10-01');
    assert.deepEqual([answer.status, answer.text], [200, '']);
  });
});

describe('version 0.1 of az attestation, recorded in August 2020', () => {
  const name = 'clitest';
  const version = '2018-09-01-preview';
  const preview = async (method: string, path: string, query = '', jws?: string): Promise<Answer> =>
    service.call(`/providers/${name}/operations/policy/${path}?api-version=${version}${query}`, {
      method,
      headers: {
        ...(await bearer('carl', `${name}-contributors`)),
        ...(jws === undefined ? {} : { 'content-type': 'text/plain' }),
      },
      ...(jws === undefined ? {} : { body: JSON.stringify(jws) }),
    });

  test('create, show and delete speak 2018-09-01-preview', async () => {
    const made = await manage(name, 'PUT', version, { location: 'eastus2', properties: {} });
    const properties = { trustModel: 'AAD', status: 'Ready', attestUri: `${service.url}/providers/${name}` };
    assert.deepEqual([made.status, Object(made.body).properties], [201, properties]);
    const shown = await manage(name, 'GET', version);
    assert.deepEqual([shown.status, Object(shown.body).properties], [200, properties]);
  });

  test('policy show reads the bare JWS, policy reset answers null', async () => {
    const shown = Object((await preview('GET', 'current', '&tee=SgxEnclave')).body);
    assert.deepEqual(Object.keys(shown), ['Policy']);
    assert.match(shown.Policy, /^eyJhbGciOiJub25lIn0\.[\w-]+\.$/);
    const reset = await preview('POST', 'current', '&tee=SgxEnclave', 'eyJhbGciOiJub25lIn0..');
    assert.deepEqual([reset.status, reset.text], [200, 'null']);
    const none = await preview('GET', 'current', '&tee=Tpm');
    assert.deepEqual(none.body, { Policy: 'eyJhbGciOiJub25lIn0..' });
  });

  test('signer list is a token in a JSON string, with both names of its claim', async () => {
    const answer = await preview('GET', 'certificates');
    const { exp, iat, nbf, iss, ...listed } = payloadOf(JSON.parse(answer.text));
    assert.deepEqual([answer.status, Number(exp) - Number(iat), nbf], [200, 3600, iat]);
    assert.deepEqual(listed, { 'aas-policyCertificates': { keys: [] }, 'maa-policyCertificates': { keys: [] } });
  });
});

describe('a provider with a signer', async () => {
  const name = 'att1';
  const rsa = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const [first, second] = await Promise.all(
    ['first', 'second'].map((subject) => makeCertificate(subject, { algorithm: rsa })),
  );
  assert.ok(first !== undefined && second !== undefined);
  const jwk = ({ base64 }: TestCertificate): object => ({ alg: 'RS256', kty: 'RSA', use: 'sig', x5c: [base64] });
  const thumbprint = new X509Certificate(Buffer.from(second.base64, 'base64')).fingerprint.replaceAll(':', '');

  test('create --certs-input-path makes an Isolated provider', async () => {
    const answer = await create(name, [jwk(first)]);
    assert.deepEqual([answer.status, Object(answer.body).properties.trustModel], [201, 'Isolated']);
  });

  test('signer list names the signer as JWK', async () => {
    const listed = claims(name, await call(name, 'GET', '/certificates'));
    assert.deepEqual(listed, { 'x-ms-policy-certificates': { keys: [jwk(first)] } });
  });

  test('policy set --policy-format JWT gets the hash and the signer; policy show the JWS', async () => {
    const jws = await signed(first, policyPayload('version= 1.0;authorizationrules{=> permit();};'));
    assert.deepEqual(claims(name, await call(name, 'PUT', policies, jws)), {
      'x-ms-policy-result': 'Updated',
      'x-ms-policy-token-hash': createHash('sha256').update(jws).digest('base64url'),
      'x-ms-policy-signer': jwk(first),
    });
    assert.deepEqual(claims(name, await call(name, 'GET', policies)), { 'x-ms-policy': jws });
  });

  test('signer add and signer remove name the certificate by its SHA-1', async () => {
    const jws = await signed(first, certificatePayload(second));
    const outcomes = [
      ['add', 'IsPresent', [first, second]],
      ['remove', 'IsAbsent', [first]],
    ] as const;
    for (const [action, result, left] of outcomes) {
      assert.deepEqual(claims(name, await call(name, 'POST', `/certificates:${action}`, jws)), {
        'x-ms-certificate-thumbprint': thumbprint,
        'x-ms-policycertificates-result': result,
      });
      const listed = claims(name, await call(name, 'GET', '/certificates'));
      assert.deepEqual(listed, { 'x-ms-policy-certificates': { keys: left.map(jwk) } });
    }
  });
});
