import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { faces } from '../__fixtures__/faces.ts';
import { issuer, keyOf, runtimeKey, tokenWith, verifierWith } from '../__fixtures__/tokens.ts';
import { ConfigurationError, type Verifier } from '../index.ts';
import * as forFastify from './fastify.ts';
import { withAttestation } from './fetch.ts';
import * as forHono from './hono.ts';
import * as forNode from './node.ts';

const codeIn = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as { error: { code: string } };
  return error.code;
};

for (const [face, make] of Object.entries(faces)) {
  test(`${face}: an attested caller reaches the handler with its verified token`, async (context) => {
    const ask = await make(context, await verifierWith());
    const response = await ask({ authorization: `Bearer ${await tokenWith()}` });
    assert.deepEqual([response.status, await response.text()], [200, issuer]);
  });

  test(`${face}: the token is read from another header when told so`, async (context) => {
    const ask = await make(context, await verifierWith(), { header: 'Attestation-Token' });
    assert.equal((await ask({ 'attestation-token': await tokenWith() })).status, 200);
    assert.equal((await ask({ authorization: `Bearer ${await tokenWith()}` })).status, 401);
  });

  test(`${face}: 401 without a token`, async (context) => {
    const ask = await make(context, await verifierWith());
    for (const headers of [{}, { authorization: 'Basic eDp5' }, { authorization: 'Bearer' }]) {
      const response = await ask({ ...headers });
      assert.deepEqual([response.status, response.headers.get('www-authenticate')], [401, 'Bearer']);
      assert.equal(await codeIn(response), 'token-missing');
    }
  });

  test(`${face}: 401 to a token that is not genuine`, async (context) => {
    const ask = await make(context, await verifierWith());
    const response = await ask({ authorization: `Bearer ${await tokenWith({}, await keyOf('ES256', 'stranger'))}` });
    assert.equal(response.status, 401);
    assert.match(response.headers.get('www-authenticate') ?? '', /error="invalid_token"/);
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
    assert.deepEqual(await response.json(), {
      error: { code: 'key-unknown', message: 'The issuer does not publish the key that the token names.' },
    });
  });

  test(`${face}: 403 to a genuine token that is not as expected`, async (context) => {
    const ask = await make(context, await verifierWith());
    const response = await ask({ authorization: `Bearer ${await tokenWith({ 'x-ms-sgx-svn': 1 })}` });
    assert.equal(response.status, 403);
    assert.deepEqual(await response.json(), {
      error: { code: 'svn-too-low', message: 'The security version of the enclave is below the expected minimum.' },
    });
  });

  test(`${face}: 503 while the keys are not at hand`, async (context) => {
    const verifier = await verifierWith({ keySets: {}, fetch: () => Promise.reject(new Error('down')) });
    const ask = await make(context, verifier);
    const response = await ask({ authorization: `Bearer ${await tokenWith()}` });
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '30']);
  });

  test(`${face}: each request has expectations of its own`, async (context) => {
    const nonces: Readonly<Record<string, string>> = { one: 'fresh', two: 'another' };
    const ask = await make(context, await verifierWith(), {
      expect: async (session = '') => ({ nonce: { equals: nonces[session] ?? '' }, runtimeData: { key: runtimeKey } }),
    });
    const authorization = `Bearer ${await tokenWith()}`;
    assert.equal((await ask({ authorization, 'x-session': 'one' })).status, 200);
    const other = await ask({ authorization, 'x-session': 'two' });
    assert.deepEqual([other.status, await codeIn(other)], [403, 'nonce-unexpected']);
  });

  test(`${face}: 401 to a request that has nothing to bind its token to`, async (context) => {
    const ask = await make(context, await verifierWith(), { expect: () => undefined });
    const response = await ask({ authorization: `Bearer ${await tokenWith()}` });
    assert.deepEqual([response.status, await codeIn(response)], [401, 'binding-missing']);
  });

  test(`${face}: a wrong or empty expectation of a request is the fault of the server`, async (context) => {
    const unsound: object[] = [{ nonce: 'not wrapped' }, {}, new Map()];
    const ask = await make(context, await verifierWith(), { expect: () => unsound.pop() });
    const authorization = `Bearer ${await tokenWith()}`;
    for (let left = unsound.length; left > 0; left--) assert.equal((await ask({ authorization })).status, 500);
  });

  test(`${face}: what \`expect\` throws is the fault of the server`, async (context) => {
    const expect = (): never => {
      throw new Error('no sessions today');
    };
    const ask = await make(context, await verifierWith(), { expect });
    assert.equal((await ask({ authorization: `Bearer ${await tokenWith()}` })).status, 500);
  });

  test(`${face}: a bug of the verifier is the fault of the server`, async (context) => {
    const broken: Verifier = { verify: () => Promise.reject(new Error('bug')) };
    const ask = await make(context, broken);
    assert.equal((await ask({ authorization: 'Bearer x' })).status, 500);
  });

  test(`${face}: a route that is not guarded has no attestation, and does not go on without`, async (context) => {
    const ask = await make(context, await verifierWith());
    assert.equal((await ask({ authorization: `Bearer ${await tokenWith()}` }, '/open')).status, 500);
  });
}

test('asking for the attestation of a request that was not verified is a configuration error', () => {
  const isMisuse = (error: unknown): boolean => error instanceof ConfigurationError && error.option === 'request';
  assert.throws(() => forNode.attestationOf(new IncomingMessage(new Socket())), isMisuse);
  assert.throws(() => forFastify.attestationOf({ headers: {}, raw: {} }), isMisuse);
  const raw = new Request('https://service.example');
  assert.throws(() => forHono.attestationOf({ req: { raw, header: () => undefined } }), isMisuse);
});

test('under Fastify, the attestation is also that of the request of node:http', async () => {
  const request = { headers: { authorization: `Bearer ${await tokenWith()}` }, raw: new IncomingMessage(new Socket()) };
  const reply = { code: () => {}, headers: () => {}, send: () => {} };
  await forFastify.requireAttestation(await verifierWith())(request, reply);
  assert.equal(forNode.attestationOf(request.raw).issuer, issuer);
});

test('a header that is sent twice names no token', async () => {
  const request = new IncomingMessage(new Socket());
  const token = await tokenWith();
  request.rawHeaders.push('authorization', `Bearer ${token}`, 'authorization', `Bearer ${token}`);
  const answered: number[] = [];
  const response = { writeHead: (status: number) => ({ end: () => answered.push(status) }) };
  const untyped: object = response;
  await forNode.requireAttestation(await verifierWith())(
    request,
    untyped as Parameters<ReturnType<typeof forNode.requireAttestation>>[1],
    () => assert.fail('passed'),
  );
  assert.deepEqual(answered, [401]);
});

test('unknown and malformed options of a middleware are configuration errors', async () => {
  const verifier = await verifierWith();
  const makers = [
    (options: object) => forNode.requireAttestation(verifier, options),
    (options: object) => forFastify.requireAttestation(verifier, options),
    (options: object) => forHono.requireAttestation(verifier, options),
    (options: object) => withAttestation(verifier, () => new Response(), options),
  ];
  for (const make of makers) {
    for (const [wrong, option] of [
      [{ expects: () => {} }, 'options.expects'],
      [{ header: 'two words' }, 'options.header'],
      [{ expect: {} }, 'options.expect'],
    ] as const) {
      assert.throws(
        () => make(wrong),
        (error) => error instanceof ConfigurationError && error.option === option,
      );
    }
  }
});
