/** The client sends what the contract says, tells refusals as the service said them, and repeats only what is safe. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { evidenceFromPlatform } from '@atesto/testing';
import { createSimulatedPlatform } from '@atesto/testing/sgx';
import { type Answer, json, startServer, type TestServer } from '../__fixtures__/https-server.ts';
import {
  type AttestationClient,
  type AttestationClientOptions,
  ClientError,
  ConfigurationError,
  createAttestationClient,
  evidenceOf,
  fixedAccessToken,
  reportDataFor,
  ServiceRefusedError,
  type TokenCredential,
} from '../index.ts';

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln';
const granted = json({ token }, { 'x-ms-request-id': 'request-1' });
const quote = Uint8Array.of(3, 0, 2, 0, 0, 0, 0, 0, 0xff, 0xfe);
const key = { kty: 'EC', crv: 'P-256', x: 'eHg', y: 'eXk' };
const report = Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7);

const open: AttestationClient[] = [];
after(async () => {
  for (const client of open) await client.close();
});

function clientOf(server: TestServer, more: Partial<AttestationClientOptions> = {}): AttestationClient {
  const client = createAttestationClient({
    endpoint: server.url,
    ca: server.ca,
    pause: async () => {},
    timeoutSeconds: 10,
    ...more,
  });
  open.push(client);
  return client;
}

async function failure(work: Promise<unknown> | (() => unknown)): Promise<ClientError> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    assert.ok(error instanceof ClientError, String(error));
    return error;
  }
  return assert.fail('the call succeeded');
}

describe('what is sent', () => {
  test('a quote goes to SgxEnclave as base64url with the access token', async () => {
    const server = await startServer(granted);
    const client = clientOf(server, { credential: fixedAccessToken('access-token') });
    const result = await client.attestSgxEnclave(quote);
    assert.deepEqual(result, { token, requestId: 'request-1' });
    const [request] = server.received;
    assert.equal(request?.path, '/attest/SgxEnclave?api-version=2025-06-01');
    assert.equal(request.headers.authorization, 'Bearer access-token');
    assert.equal(request.headers['content-type'], 'application/json');
    assert.match(String(request.headers['x-ms-client-request-id']), /^[0-9a-f-]{36}$/);
    assert.deepEqual(JSON.parse(request.body), { quote: Buffer.from(quote).toString('base64url') });
  });

  test('a TDX quote goes to TdxVm, an SEV-SNP report or document to SevSnpVm', async () => {
    const server = await startServer(granted);
    const client = clientOf(server);
    const tdQuote = Uint8Array.of(4, 0, 2, 0, 0x81, 0, 0, 0);
    const document = Buffer.from('{"SnpReport":"AAAA"}');
    await client.attestTdxVm(tdQuote);
    await client.attestEvidence(evidenceOf(tdQuote, 'test'));
    await client.attestSevSnpVm(document);
    await client.attestSevSnpVm(new Uint8Array(1184));
    const sent = server.received.map(({ path, body }) => [path, JSON.parse(body)]);
    const wire = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
    assert.deepEqual(sent, [
      ['/attest/TdxVm?api-version=2025-06-01', { quote: wire(tdQuote) }],
      ['/attest/TdxVm?api-version=2025-06-01', { quote: wire(tdQuote) }],
      ['/attest/SevSnpVm?api-version=2025-06-01', { report: wire(document) }],
      ['/attest/SevSnpVm?api-version=2025-06-01', { report: wire(new Uint8Array(1184)) }],
    ]);
  });

  test('a report goes to OpenEnclave with data, draft policy and nonce; the endpoint keeps its path', async () => {
    const server = await startServer(granted);
    const client = clientOf(server, { endpoint: `${server.url}/provider/`, apiVersion: '2022-08-01' });
    await client.attestOpenEnclave(report, {
      runtimeData: { json: '{"b":1,"a":2}' },
      initTimeData: { bytes: Uint8Array.of(255, 254) },
      draftPolicy: 'version= 1.0;',
      nonce: 'once',
    });
    const [request] = server.received;
    assert.equal(request?.path, '/provider/attest/OpenEnclave?api-version=2022-08-01');
    assert.equal(request.headers.authorization, undefined);
    assert.deepEqual(JSON.parse(request.body), {
      report: Buffer.from(report).toString('base64url'),
      runtimeData: { data: Buffer.from('{"b":1,"a":2}').toString('base64url'), dataType: 'JSON' },
      initTimeData: { data: '__4', dataType: 'Binary' },
      draftPolicyForAttestation: 'version= 1.0;',
      nonce: 'once',
    });
  });

  test('a key is runtime data as the JSON text {"keys":[key]}', async () => {
    const server = await startServer(granted);
    await clientOf(server).attestSgxEnclave(quote, { runtimeData: { key } });
    const { runtimeData } = JSON.parse(server.received[0]?.body ?? '');
    const text = Buffer.from(runtimeData.data, 'base64url').toString();
    assert.deepEqual([runtimeData.dataType, text], ['JSON', JSON.stringify({ keys: [key] })]);
    const committed = createHash('sha256').update(text).digest();
    assert.deepEqual(Buffer.from(reportDataFor({ key })), Buffer.concat([committed, Buffer.alloc(32)]));
  });

  test('the scope that is asked of a credential is that of the service, or as configured', async () => {
    const server = await startServer(granted);
    const asked: unknown[] = [];
    const credential: TokenCredential = {
      getToken: async (scopes, options) => {
        asked.push([scopes, options?.abortSignal]);
        return { token: 'of-azure' };
      },
    };
    const { signal } = new AbortController();
    await clientOf(server, { credential }).attestSgxEnclave(quote, { signal });
    await clientOf(server, { credential, scope: 'own' }).attestSgxEnclave(quote);
    assert.deepEqual(asked, [
      ['https://attest.azure.net/.default', signal],
      ['own', undefined],
    ]);
    assert.equal(server.received[0]?.headers.authorization, 'Bearer of-azure');
  });

  test('a numeric nonce is written out in full', async () => {
    const server = await startServer(granted);
    await clientOf(server).attestSgxEnclave(quote, { nonce: 2n ** 64n - 1n });
    assert.match(server.received[0]?.body ?? '', /,"nonce":18446744073709551615\}$/);
  });

  test('evidence of a source commits to the runtime data and goes to the operation of its kind', async () => {
    const server = await startServer(granted);
    const platform = await createSimulatedPlatform({ at: new Date() });
    await clientOf(server).attest(evidenceFromPlatform(platform), { runtimeData: { json: '{}' } });
    const body = JSON.parse(server.received[0]?.body ?? '');
    const sent = Buffer.from(body.quote, 'base64url');
    assert.deepEqual(sent.subarray(368, 400), createHash('sha256').update('{}').digest());
    assert.ok(sent.subarray(400, 432).every((byte) => byte === 0));
  });

  test('keys and metadata are read without an access token', async () => {
    const server = await startServer(
      json({ keys: [{ kid: 'one' }] }),
      json({ issuer: 'https://x', jwks_uri: 'https://x/certs' }),
    );
    const client = clientOf(server, { credential: fixedAccessToken('access-token') });
    assert.deepEqual(await client.getCerts(), { keys: [{ kid: 'one' }] });
    assert.equal((await client.getOpenIdMetadata()).jwks_uri, 'https://x/certs');
    assert.ok(server.received.every(({ headers }) => headers.authorization === undefined));
  });
});

async function misuse(work: () => unknown): Promise<{ code: string; option: string }> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof ConfigurationError, String(error));
    return { code: error.code, option: error.option };
  }
  return assert.fail('the call succeeded');
}

describe('what is refused before anything is sent', () => {
  const at = (endpoint: string) => () => createAttestationClient({ endpoint });
  const clientWith = (options: object) => createAttestationClient({ endpoint: 'https://x.y', ...options });
  for (const [what, work, code] of [
    ['a plain HTTP endpoint', at('http://localhost:1'), 'address-insecure'],
    ['an endpoint with credentials', at('https://user:pass@example.org'), 'address-invalid'],
    ['an endpoint with a query', at('https://example.org/?a=b'), 'address-invalid'],
    ['an endpoint that is no URI', at('example.org'), 'address-invalid'],
    [
      'a time-out of nothing',
      () => createAttestationClient({ endpoint: 'https://x.y', timeoutSeconds: 0 }),
      'option-invalid',
    ],
    ['endless retries', () => createAttestationClient({ endpoint: 'https://x.y', retries: 1e9 }), 'option-invalid'],
    ['a misspelt option', () => clientWith({ timeoutMilliseconds: 1 }), 'option-unknown'],
    ['more patience than there is', () => clientWith({ timeoutSeconds: 601 }), 'option-invalid'],
  ] as const) {
    test(`${what}: ${code}`, async () => assert.equal((await misuse(work)).code, code));
  }

  for (const [what, options, code] of [
    ['JSON runtime data that is a list', { runtimeData: { json: '[]' } }, 'runtime-data-invalid'],
    ['JSON runtime data that is a value', { runtimeData: { json: {} } }, 'runtime-data-invalid'],
    ['runtime data in two forms', { runtimeData: { json: '{}', bytes: quote } }, 'runtime-data-invalid'],
    ['bytes that are a text', { runtimeData: { bytes: 'text' } }, 'runtime-data-invalid'],
    ['init-time data of no form', { initTimeData: { binary: quote } }, 'runtime-data-invalid'],
    ['a key that is none', { runtimeData: { key: { x: 'eHg' } } }, 'runtime-data-invalid'],
    ['a private key', { runtimeData: { key: { ...key, d: 'ZA' } } }, 'runtime-data-invalid'],
    ['a misspelt option of a call', { runtimedata: { json: '{}' } }, 'option-unknown'],
    [
      'JSON runtime data that is not UTF-8',
      { runtimeData: { json: Uint8Array.of(0x7b, 0xff) } },
      'runtime-data-invalid',
    ],
    ['a nonce of more than 1 KiB', { nonce: 'é'.repeat(513) }, 'nonce-invalid'],
    ['a negative nonce', { nonce: -1 }, 'nonce-invalid'],
    ['a rounded nonce', { nonce: 2 ** 60 }, 'nonce-invalid'],
    ['a nonce beyond 64 bits', { nonce: 2n ** 64n }, 'nonce-invalid'],
  ] as const) {
    test(`${what}: ${code}`, async () => {
      const server = await startServer(granted);
      const untyped: object = options;
      assert.equal((await misuse(() => clientOf(server).attestSgxEnclave(quote, untyped))).code, code);
      assert.equal(server.received.length, 0);
    });
  }

  test('evidence that is empty or larger than any: evidence-size', async () => {
    const server = await startServer(granted);
    for (const bytes of [new Uint8Array(), new Uint8Array(2 ** 20 + 1)]) {
      assert.equal((await failure(clientOf(server).attestSgxEnclave(bytes))).code, 'evidence-size');
    }
  });
});

describe('refusals and broken answers', () => {
  test('a refusal carries status, codes, message and request id, and no token', async () => {
    const error = { code: 'InvalidParameter', message: 'quote: wrong', innererror: { code: 'quote-signature' } };
    const server = await startServer({
      status: 400,
      body: JSON.stringify({ error }),
      headers: { 'x-ms-request-id': 'request-2' },
    });
    const refused = await failure(
      clientOf(server, { credential: fixedAccessToken('very-secret') }).attestSgxEnclave(quote),
    );
    assert.ok(refused instanceof ServiceRefusedError);
    const { status, wireCode, innerCode, why, requestId } = refused;
    assert.deepEqual(
      { status, wireCode, innerCode, why, requestId },
      {
        status: 400,
        wireCode: 'InvalidParameter',
        innerCode: 'quote-signature',
        why: 'quote: wrong',
        requestId: 'request-2',
      },
    );
    assert.equal(refused.clientRequestId, server.received[0]?.headers['x-ms-client-request-id']);
    assert.doesNotMatch(JSON.stringify(refused) + refused.message + refused.stack, /very-secret/);
  });

  for (const [what, answer, code] of [
    ['a refusal that is not of the contract', { status: 418, body: '<html>' }, 'service-refused'],
    ['a redirect', { status: 307, body: '', headers: { location: 'https://elsewhere.example' } }, 'service-refused'],
    ['an answer that is not JSON', { status: 200, body: 'hello' }, 'answer-malformed'],
    ['an answer without a token', json({}), 'answer-malformed'],
    ['an answer with an empty token', json({ token: '' }), 'answer-malformed'],
    ['an answer with a token that is none', json({ token: 'a b' }), 'answer-malformed'],
    ['an answer that is not UTF-8', { status: 200, body: Uint8Array.of(0xff) }, 'answer-malformed'],
    ['an answer of many megabytes', { status: 200, body: 'x'.repeat(5 * 2 ** 20) }, 'answer-too-large'],
    ['a connection that breaks', 'break', 'connection-failed'],
  ] as const satisfies readonly (readonly [string, Answer, string])[]) {
    test(`${what}: ${code}, asked once`, async () => {
      const server = await startServer(answer);
      assert.equal((await failure(clientOf(server).attestSgxEnclave(quote))).code, code);
      assert.equal(server.received.length, 1);
    });
  }

  for (const [what, getToken, cause] of [
    ['gives none', async () => null, undefined],
    ['gives one that would break a header', async () => ({ token: 'a\r\nb: c' }), undefined],
    ['throws', () => Promise.reject(new RangeError('no such tenant')), 'no such tenant'],
  ] as const satisfies readonly (readonly [string, TokenCredential['getToken'], string | undefined])[]) {
    test(`a credential that ${what}: credential-failed, and nothing was sent`, async () => {
      const server = await startServer(granted);
      const failed = await failure(clientOf(server, { credential: { getToken } }).attestSgxEnclave(quote));
      const said = failed.cause instanceof Error ? failed.cause.message : undefined;
      assert.deepEqual([failed.code, said, server.received.length], ['credential-failed', cause, 0]);
    });
  }

  test('a credential that stops because its caller cancelled: cancelled', async () => {
    const server = await startServer(granted);
    const getToken = () => Promise.reject(new Error('aborted'));
    const signal = AbortSignal.abort();
    const failed = await failure(clientOf(server, { credential: { getToken } }).attestSgxEnclave(quote, { signal }));
    assert.equal(failed.code, 'cancelled');
  });

  test('a key set that is none: answer-malformed', async () => {
    const server = await startServer(json({ keys: 'none' }));
    assert.equal((await failure(clientOf(server).getCerts())).code, 'answer-malformed');
  });

  test('no answer in time: connection-timeout', async () => {
    const server = await startServer('hang');
    const client = clientOf(server, { timeoutSeconds: 0.05 });
    assert.equal((await failure(client.attestSgxEnclave(quote))).code, 'connection-timeout');
  });

  test('a call that its caller cancels: cancelled', async () => {
    const server = await startServer('hang');
    const signal = AbortSignal.abort();
    assert.equal((await failure(clientOf(server).attestSgxEnclave(quote, { signal }))).code, 'cancelled');
  });

  test('a server whose CA is not trusted: certificate-refused, and nothing was sent', async () => {
    const server = await startServer(granted);
    const client = createAttestationClient({ endpoint: server.url, credential: fixedAccessToken('secret') });
    open.push(client);
    assert.equal((await failure(client.attestSgxEnclave(quote))).code, 'certificate-refused');
    assert.equal(server.received.length, 0);
  });
});

test('a client that is left with `await using` is closed', async () => {
  const server = await startServer(granted);
  let left: AttestationClient;
  {
    await using client = createAttestationClient({ endpoint: server.url, ca: server.ca });
    await client.attestSgxEnclave(quote);
    left = client;
  }
  await assert.rejects(left.attestSgxEnclave(quote));
});

describe('repeating', () => {
  const busy: Answer = { status: 503, body: '{}', headers: { 'retry-after': '0' } };

  for (const status of [429, 503]) {
    test(`an attest call is repeated after ${status}: the service did not serve it`, async () => {
      const server = await startServer({ status, body: '{}' }, granted);
      assert.equal((await clientOf(server).attestSgxEnclave(quote)).token, token);
      assert.equal(server.received.length, 2);
      const [first, second] = server.received;
      assert.equal(first?.body, second?.body);
    });
  }

  for (const [what, answer] of [
    ['500', { status: 500, body: '{}' }],
    ['502', { status: 502, body: '{}' }],
    ['a broken connection', 'break'],
  ] as const satisfies readonly (readonly [string, Answer])[]) {
    test(`an attest call is not repeated after ${what}: it may have been served`, async () => {
      const server = await startServer(answer, granted);
      await failure(clientOf(server).attestSgxEnclave(quote));
      assert.equal(server.received.length, 1);
    });
  }

  test('reading is repeated after a broken connection and 502', async () => {
    const server = await startServer('break', { status: 502, body: '' }, json({ keys: [] }));
    assert.deepEqual(await clientOf(server).getCerts(), { keys: [] });
    assert.equal(server.received.length, 3);
  });

  test('the number of repeats is bounded, and the last refusal is told', async () => {
    const server = await startServer(busy);
    const error = await failure(clientOf(server, { retries: 3 }).attestSgxEnclave(quote));
    assert.ok(error instanceof ServiceRefusedError);
    assert.deepEqual([error.status, server.received.length], [503, 4]);
  });

  test('a server that asks for more patience than there is gets no second call', async () => {
    const server = await startServer({ status: 503, body: '{}', headers: { 'retry-after': '3600' } }, granted);
    await failure(clientOf(server).attestSgxEnclave(quote));
    assert.equal(server.received.length, 1);
  });

  test('Retry-After is kept to, and without it the pauses grow', async () => {
    const pauses: number[] = [];
    const pause = async (seconds: number): Promise<void> => {
      pauses.push(seconds);
    };
    const server = await startServer(
      { status: 503, body: '', headers: { 'retry-after': '2' } },
      { status: 503, body: '' },
      granted,
    );
    await clientOf(server, { pause }).attestSgxEnclave(quote);
    const [first = 0, second = 0] = pauses;
    assert.equal(first, 2);
    assert.ok(second >= 0.3 && second <= 0.6, String(second));
  });

  test('a connection that is never made is tried again also for attest calls', async () => {
    const pauses: number[] = [];
    const client = createAttestationClient({
      endpoint: 'https://127.0.0.1:1',
      pause: async (seconds) => {
        pauses.push(seconds);
      },
    });
    open.push(client);
    assert.equal((await failure(client.attestSgxEnclave(quote))).code, 'connection-failed');
    assert.equal(pauses.length, 2);
  });
});
