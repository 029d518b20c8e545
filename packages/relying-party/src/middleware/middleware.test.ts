import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { issuer, keyOf, tokenWith, verifierWith } from '../__fixtures__/tokens.ts';
import { attestationOf, type MiddlewareOptions, requireAttestation, type Verifier, withAttestation } from '../index.ts';

type Ask = (headers: Record<string, string>) => Promise<Response>;

/** The same handler behind both faces; it answers with the token's issuer. */
async function nodeFace(context: TestContext, verifier: Verifier, options?: MiddlewareOptions): Promise<Ask> {
  const guard = requireAttestation(verifier, options);
  const server = createServer((request, response) => {
    guard(request, response, (error) => {
      if (error !== undefined) response.writeHead(500).end('bug');
      else response.end(attestationOf(request)?.issuer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (headers) => fetch(`http://127.0.0.1:${port}/`, { headers });
}

async function fetchFace(_context: TestContext, verifier: Verifier, options?: MiddlewareOptions): Promise<Ask> {
  const handler = withAttestation(verifier, (_request, attestation) => new Response(attestation.issuer), options);
  return (headers) => handler(new Request('https://service.example/', { headers }));
}

for (const [face, make] of Object.entries({ 'node:http': nodeFace, fetch: fetchFace })) {
  test(`lets an attested caller reach a ${face} handler with its verified token`, async (context) => {
    const ask = await make(context, await verifierWith());
    const response = await ask({ authorization: `Bearer ${await tokenWith()}` });
    assert.deepEqual([response.status, await response.text()], [200, issuer]);
  });

  test(`reads the token from another header before a ${face} handler when told so`, async (context) => {
    const ask = await make(context, await verifierWith(), { header: 'Attestation-Token' });
    assert.equal((await ask({ 'attestation-token': await tokenWith() })).status, 200);
    assert.equal((await ask({ authorization: `Bearer ${await tokenWith()}` })).status, 401);
  });

  test(`answers 401 before a ${face} handler without a token`, async (context) => {
    const ask = await make(context, await verifierWith());
    for (const headers of [{}, { authorization: 'Basic eDp5' }, { authorization: 'Bearer' }]) {
      const response = await ask({ ...headers });
      assert.equal(response.status, 401);
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
      const { error } = (await response.json()) as { error: { code: string } };
      assert.equal(error.code, 'token-missing');
    }
  });

  test(`answers 401 before a ${face} handler to a token that is not genuine`, async (context) => {
    const ask = await make(context, await verifierWith());
    const response = await ask({ authorization: `Bearer ${await tokenWith({}, await keyOf('ES256', 'stranger'))}` });
    assert.equal(response.status, 401);
    assert.match(response.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    assert.deepEqual(await response.json(), {
      error: { code: 'key-unknown', message: 'The issuer does not publish the key that the token names.' },
    });
  });

  test(`answers 403 before a ${face} handler to a genuine token that is not as expected`, async (context) => {
    const ask = await make(context, await verifierWith());
    const response = await ask({ authorization: `Bearer ${await tokenWith({ 'x-ms-sgx-svn': 1 })}` });
    assert.equal(response.status, 403);
    assert.deepEqual(await response.json(), {
      error: { code: 'svn-too-low', message: 'The security version of the enclave is below the expected minimum.' },
    });
  });

  test(`answers 503 before a ${face} handler while the keys are not at hand`, async (context) => {
    const verifier = await verifierWith({ keySets: {}, fetch: () => Promise.reject(new Error('down')) });
    const ask = await make(context, verifier);
    const response = await ask({ authorization: `Bearer ${await tokenWith()}` });
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '30');
  });
}

test('hands a bug of the verifier to the next error handler', async (context) => {
  const broken: Verifier = { verify: () => Promise.reject(new Error('bug')) };
  const ask = await nodeFace(context, broken);
  assert.equal((await ask({ authorization: 'Bearer x' })).status, 500);
});

test('knows no attestation of a request that was not verified', () => {
  assert.equal(attestationOf({ headers: {} }), undefined);
});
