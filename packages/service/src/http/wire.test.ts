import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:net';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { serve } from '../__fixtures__/service.ts';
import { attestationVersions } from './api-version.ts';

// The default algorithm, whose keys have the members of RSA.
const service = await serve({ signing: { algorithm: 'RS256' } });
const json = { 'content-type': 'application/json' };

/** Status, wire code and fine-grained code of an answer, which must have the form of the contract. */
function refusalOf(answer: Awaited<ReturnType<typeof service.call>>): [number, string, string] {
  const { error } = JSON.parse(answer.text);
  assert.deepEqual(Object.keys(error), ['code', 'message', 'innererror']);
  assert.equal(typeof error.message, 'string');
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal(answer.headers['x-ms-error-code'], error.code);
  return [answer.status, error.code, error.innererror.code];
}

test('publishes its keys with certificates and its metadata without an api-version, and with every known one', async () => {
  for (const query of ['', ...attestationVersions.map(({ version }) => `?api-version=${version}`)]) {
    const certs = await service.call(`/certs${query}`);
    assert.equal(certs.status, 200);
    const { keys } = JSON.parse(certs.text);
    assert.equal(keys.length, 1);
    for (const member of ['kid', 'kty', 'use', 'alg', 'x5c', 'n', 'e']) assert.ok(member in keys[0], member);
    const metadata = JSON.parse((await service.call(`/.well-known/openid-configuration${query}`)).text);
    assert.equal(metadata.issuer, service.url);
    assert.equal(metadata.jwks_uri, `${service.url}/certs`);
  }
});

test('pages of any origin may read keys, metadata and endpoints, without credentials, and nothing else', async () => {
  const headers = { origin: 'https://page.example.org' };
  const cors = async (path: string, method: string) => {
    const answer = await service.call(path, { method, headers });
    const found = Object.entries(answer.headers).filter(([name]) => name.startsWith('access-control-'));
    return [answer.status, Object.fromEntries(found)];
  };
  const readable = { 'access-control-allow-origin': '*' };
  const preflight = {
    ...readable,
    'access-control-allow-methods': 'GET, HEAD',
    'access-control-allow-headers': '*',
    'access-control-max-age': '86400',
  };
  const discovery = '/.well-known/openid-configuration';
  for (const path of ['/certs', discovery, '/metadata/endpoints', '/providers/default/certs']) {
    const query = '?api-version=2022-09-01';
    const full = path === '/metadata/endpoints' ? `${path}${query}` : path;
    assert.deepEqual(await cors(full, 'GET'), [200, readable], path);
    assert.deepEqual(await cors(full, 'HEAD'), [200, readable], path);
    assert.deepEqual(await cors(full, 'OPTIONS'), [204, preflight], path);
    assert.deepEqual(await cors(full, 'POST'), [405, {}], path);
  }
  assert.deepEqual(await cors('/providers/nobody/certs', 'GET'), [404, readable]);
  assert.deepEqual(await cors('/policies/SgxEnclave?api-version=2020-10-01', 'GET'), [401, {}]);
  for (const path of ['/policies/SgxEnclave', '/attest/SgxEnclave', '/healthz', '/subscriptions']) {
    assert.deepEqual(await cors(path, 'OPTIONS'), [405, {}], path);
  }
});

test('the endpoints that strict OpenID clients must find named (Nimbus, Spring, authlib, openidconnect) refuse', async () => {
  const { body } = await service.call('/.well-known/openid-configuration');
  const of = (member: string): string => String(Reflect.get(Object(body), member)).replace(service.url, '');
  assert.deepEqual(Reflect.get(Object(body), 'subject_types_supported'), ['public']);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const answer of [
    await service.call(`${of('authorization_endpoint')}?response_type=token&client_id=a`),
    await service.call(of('token_endpoint'), { method: 'POST', headers: form, body: 'grant_type=client_credentials' }),
    await service.call(of('token_endpoint'), { method: 'POST' }),
    await service.call(of('revocation_endpoint'), { method: 'POST', headers: form, body: 'token=a' }),
  ]) {
    assert.deepEqual(refusalOf(answer), [400, 'InvalidOperation', 'grant-unsupported']);
  }
});

test('stamps every answer with request id and version, and echoes a printable client request id', async () => {
  const answer = await service.call('/certs', {
    headers: { 'x-ms-client-request-id': '0f8fad5b-d9cb-469f-a165-70867728950e' },
  });
  assert.match(String(answer.headers['x-ms-request-id']), /^[0-9a-f-]{36}$/);
  assert.equal(answer.headers['x-ms-maa-service-version'], '0.1.0');
  assert.equal(answer.headers['x-ms-client-request-id'], '0f8fad5b-d9cb-469f-a165-70867728950e');
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  const long = await service.call('/certs', { headers: { 'x-ms-client-request-id': 'x'.repeat(129) } });
  assert.equal(long.headers['x-ms-client-request-id'], undefined);
  assert.notEqual(long.headers['x-ms-request-id'], answer.headers['x-ms-request-id']);
});

test('compares paths without regard to case', async () => {
  assert.equal((await service.call('/CERTS')).status, 200);
  assert.equal((await service.call('/.Well-Known/OpenID-Configuration')).status, 200);
});

test('says that it is alive and ready', async () => {
  assert.deepEqual((await service.call('/healthz')).body, { status: 'alive' });
  assert.deepEqual((await service.call('/readyz')).body, { status: 'ready' });
});

test('refuses unknown paths, methods, types and versions, each with its status and code', async () => {
  const post = { method: 'POST', headers: json, body: '{}' };
  const query = '?api-version=2020-10-01';
  const cases: [string, Parameters<typeof service.call>[1], [number, string, string]][] = [
    ['/', {}, [404, 'ResourceNotFound', 'route-unknown']],
    ['/nope', post, [404, 'ResourceNotFound', 'route-unknown']],
    ['/certs/x', {}, [404, 'ResourceNotFound', 'route-unknown']],
    [`/attest/Nitro${query}`, post, [404, 'ResourceNotFound', 'attestation-type-unknown']],
    ['/certs', post, [405, 'MethodNotAllowed', 'method-not-allowed']],
    [`/attest/SgxEnclave${query}`, { method: 'DELETE' }, [405, 'MethodNotAllowed', 'method-not-allowed']],
    [`/attest/SgxEnclave${query}`, {}, [405, 'MethodNotAllowed', 'method-not-allowed']],
    ['/attest/SgxEnclave', post, [400, 'MissingApiVersionParameter', 'api-version-missing']],
    ['/attest/SgxEnclave?api-version=', post, [400, 'UnsupportedApiVersion', 'api-version-unknown']],
    ['/attest/SgxEnclave?api-version=2019-01-01', post, [400, 'UnsupportedApiVersion', 'api-version-unknown']],
    [`/attest/SgxEnclave${query}&api-version=2020-10-01`, post, [400, 'UnsupportedApiVersion', 'api-version-unknown']],
    ['/certs?api-version=2019-01-01', {}, [400, 'UnsupportedApiVersion', 'api-version-unknown']],
    [
      `/attest/SgxEnclave${query}`,
      { ...post, headers: { 'content-type': 'text/plain' } },
      [415, 'UnsupportedMediaType', 'content-type-unsupported'],
    ],
    [`/attest/SgxEnclave${query}`, { method: 'POST', headers: json }, [400, 'InvalidParameter', 'body-empty']],
    [
      `/attest/SgxEnclave${query}`,
      { ...post, body: new Uint8Array(10_000_000) },
      [413, 'PayloadTooLarge', 'body-too-large'],
    ],
    ['/%zz', {}, [400, 'InvalidParameter', 'request-malformed']],
    ['/certs', { method: 'QUERY' }, [415, 'UnsupportedMediaType', 'content-type-unsupported']],
  ];
  for (const [path, sent, expected] of cases)
    assert.deepEqual(refusalOf(await service.call(path, sent)), expected, path);
  assert.equal((await service.call('/certs', post)).headers.allow, 'GET');
});

test('does not start without a time', async () => {
  await assert.rejects(serve({}, { clock: () => new Date(Number.NaN) }));
});

/** Sends bytes over TLS and gives what comes back before the end. */
function raw(text: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const { hostname, port } = new URL(service.url);
  const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(service.caFile ?? '') }, () =>
    socket.write(text),
  );
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('error', reject);
  socket.on('close', () => resolve(received));
  return promise;
}

test('answers what is no HTTP with the error form and closes', async () => {
  for (const text of ['nonsense\r\n\r\n', 'GET /certs HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n']) {
    const answer = await raw(text);
    assert.match(answer, /^HTTP\/1\.1 400 /);
    assert.match(answer, /"innererror":\{"code":"request-malformed"\}/);
  }
  const large = await raw(`GET /certs HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
  assert.match(large, /^HTTP\/1\.1 431 /);
  assert.match(large, /"code":"headers-too-large"/);
  assert.match(large, /"code":"headers-too-large"/);
});

test('answers request-timeout to a client that never ends its headers', async () => {
  const slow = await serve({ limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 } });
  const { hostname, port } = new URL(slow.url);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(slow.caFile ?? '') }, () =>
    socket.write('GET / HTTP/1.1\r\n'),
  );
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('close', () => resolve(received));
  const answer = await promise;
  assert.match(answer, /^HTTP\/1\.1 408 /);
  assert.match(answer, /"code":"request-timeout"/);
});

test('logs one line for each request, without query, headers and body', async () => {
  const quiet = await serve();
  await quiet.attest(
    'SgxEnclave',
    { quote: 'c2VjcmV0LWV2aWRlbmNl' },
    { headers: { authorization: 'Bearer secret.token.here' } },
  );
  const lines = quiet.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  assert.equal(lines.length, 1);
  const { requestId, ms, time, ...line } = lines[0];
  assert.deepEqual(line, {
    level: 30,
    method: 'POST',
    route: '/attest/SgxEnclave',
    status: 401,
    address: '127.0.0.1',
    provider: quiet.url,
    attestationType: 'SgxEnclave',
    code: 'access-token-malformed',
    msg: 'request',
  });
  assert.ok(typeof requestId === 'string' && typeof ms === 'number' && typeof time === 'number');
  assert.ok(!quiet.logged.join('').includes('secret'));
});

test('fails to start when the port is taken, and lets go of everything', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const taken = createPlainServer().listen(0, '127.0.0.1', resolve);
  await promise;
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await assert.rejects(serve({ listen: { port }, developmentIdentity: { enabled: true, port: 0 } }), {
    code: 'EADDRINUSE',
  });
  taken.close();
});
