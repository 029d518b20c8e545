/** The client against real servers on loopback: limits, failures, and trust. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HttpClient, type HttpClientOptions, HttpFailure, type HttpFailureKind, singleHeader } from './index.ts';
import { loopbackCertificate, loopbackKey } from './testing/loopback-tls.ts';

async function portOf(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  t.after(() => server.closeAllConnections());
  return `http://127.0.0.1:${await portOf(t, server)}/path`;
}

function get(t: TestContext, url: string, more: Partial<HttpClientOptions> = {}, signal?: AbortSignal) {
  const client = new HttpClient({ maxResponseBytes: 1000, timeoutMs: 10_000, ...more });
  t.after(() => client.close());
  return client.send({ method: 'GET', url, headers: {} }, signal);
}

async function kindOf(work: Promise<unknown>): Promise<HttpFailureKind> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof HttpFailure, String(error));
    return error.kind;
  }
  return assert.fail('the request succeeded');
}

test('a response has its status, headers and body; a redirect is not followed', async (t) => {
  const url = await serve(t, (_, reply) => {
    reply.writeHead(302, { location: '/elsewhere', 'x-one': 'a', 'x-many': ['a', 'b'] }).end('body');
  });
  const response = await get(t, url);
  assert.equal(response.status, 302);
  assert.equal(response.body.toString(), 'body');
  assert.equal(singleHeader(response, 'X-One'), 'a');
  assert.equal(singleHeader(response, 'X-Many'), undefined);
  assert.deepEqual(response.headers['x-many'], ['a', 'b']);
});

test('a body longer than the limit is refused, one of that length is not', async (t) => {
  let length = 1000;
  const url = await serve(t, (_, reply) => reply.end('x'.repeat(length)));
  assert.equal((await get(t, url)).body.length, 1000);
  length = 1001;
  assert.equal(await kindOf(get(t, url)), 'too-large');
});

test('a response that does not end in time is timed out', async (t) => {
  const url = await serve(t, (_, reply) => reply.writeHead(200, { 'content-length': '10' }).write('x'));
  assert.equal(await kindOf(get(t, url, { timeoutMs: 50 })), 'timed-out');
});

test('a caller cancels a request by its signal', async (t) => {
  const cancel = new AbortController();
  const url = await serve(t, () => cancel.abort());
  assert.equal(await kindOf(get(t, url, {}, cancel.signal)), 'cancelled');
});

test('failed connections are told apart', async (t) => {
  const cut = await serve(t, (_, reply) => {
    reply.writeHead(200, { 'content-length': '10' }).write('x', () => reply.destroy());
  });
  assert.equal(await kindOf(get(t, cut)), 'truncated');
  const reset = await serve(t, (request) => request.socket.destroy());
  await assert.rejects(get(t, reset), { kind: 'unreachable', mayHaveArrived: true });
  await assert.rejects(get(t, 'http://127.0.0.1:1'), {
    kind: 'unreachable',
    mayHaveArrived: false,
    message: /ECONNREFUSED/,
  });
  const other = createTcpServer((socket) => socket.on('error', () => {}).end('hello\r\n\r\n'));
  assert.equal(await kindOf(get(t, `http://127.0.0.1:${await portOf(t, other)}`)), 'not-http');
});

test('a server under an authority of its own is trusted when that authority is given, and not otherwise', async (t) => {
  const server = createTlsServer({ key: loopbackKey, cert: loopbackCertificate }, (_, reply) => reply.end('hello'));
  t.after(() => server.closeAllConnections());
  const url = `https://127.0.0.1:${await portOf(t, server)}`;
  assert.equal(await kindOf(get(t, url)), 'certificate');
  assert.equal((await get(t, url, { ca: loopbackCertificate })).status, 200);
});
