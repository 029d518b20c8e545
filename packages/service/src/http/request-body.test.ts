/** Bodies are read when the operation asks for them: strangers are refused before that. */
import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { attestHead, connectTo } from '../__fixtures__/raw-client.ts';
import { serve } from '../__fixtures__/service.ts';
import { RequestRefused } from './refusal.ts';
import { RequestBody } from './request-body.ts';

const service = await serve({ identity: { requireAccessToken: true } });

test('answers 401 where a token is required before the body is sent', async () => {
  const client = await connectTo(service);
  await client.write(attestHead(1_000_000));
  const answer = await client.received('access-token-missing');
  assert.match(answer, /^HTTP\/1\.1 401 /);
  assert.match(answer, /www-authenticate: Bearer/i);
  client.socket.destroy();
});

test('answers 401 to changes of policies before the body is sent', async () => {
  const client = await connectTo(service);
  const head = attestHead(1_000_000).replace('POST /attest/', 'PUT /policies/');
  await client.write(head);
  assert.match(await client.received('access-token-missing'), /^HTTP\/1\.1 401 /);
  client.socket.destroy();
});

test('a client that sends its whole body before it reads sees the refusal, and its connection serves on', async () => {
  const client = await connectTo(service);
  const body = Buffer.alloc(200_000, 0x20);
  await client.write(attestHead(body.length));
  await client.write(body);
  await client.received('access-token-missing');
  await client.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await client.received('{"status":"alive"}');
  client.socket.destroy();
});

test('cuts a refused client that sends without end', async () => {
  const client = await connectTo(service);
  await client.write(attestHead(1_000_000_000));
  const part = Buffer.alloc(1_048_576);
  for (let parts = 0; parts < 64; parts++) client.socket.write(part);
  const received = await client.ended;
  assert.match(received, /access-token-missing/);
  assert.doesNotMatch(received, /request-timeout/);
});

/** A request under the test's control, and its body. */
function bodyOf(headers: Record<string, string>, maxBytes: number, hold: (bytes: number) => void = () => {}) {
  const raw = new IncomingMessage(new Socket());
  Object.assign(raw.headers, headers);
  return { raw, body: new RequestBody(raw, maxBytes, { hold, turn: () => Promise.resolve() }) };
}

async function codeOf(reading: Promise<Uint8Array>): Promise<string> {
  try {
    return `read ${(await reading).length}`;
  } catch (error) {
    assert.ok(error instanceof RequestRefused);
    return error.refusal.code;
  }
}

test('counts the memory that a body takes as it arrives, also when it comes a byte at a time', async () => {
  const held: number[] = [];
  const { raw, body } = bodyOf({ 'content-length': '40000' }, 50_000, (bytes) => held.push(bytes));
  const reading = body.bytes();
  assert.deepEqual(held, []);
  for (let sent = 0; sent < 40_000; sent++) raw.push(Buffer.of(sent % 256));
  raw.push(null);
  assert.deepEqual(await reading, Buffer.from(Array.from({ length: 40_000 }, (_, at) => at % 256)));
  assert.deepEqual(held, [16_384, 16_384, 7_232]);
});

test('refuses a body that is too large by what it announces, and by what arrives', async () => {
  const announced = bodyOf({ 'content-length': '50001' }, 50_000);
  assert.equal(await codeOf(announced.body.bytes()), 'body-too-large');
  const chunked = bodyOf({}, 50_000);
  const reading = codeOf(chunked.body.bytes());
  for (let part = 0; part < 6; part++) chunked.raw.push(Buffer.alloc(10_000));
  assert.equal(await reading, 'body-too-large');
});

test('refuses a body that breaks off, whether it was being read or not', async () => {
  const early = bodyOf({ 'content-length': '10' }, 100);
  early.raw.destroy();
  assert.equal(await codeOf(early.body.bytes()), 'request-aborted');
  const late = bodyOf({ 'content-length': '10' }, 100);
  const reading = codeOf(late.body.bytes());
  late.raw.destroy();
  assert.equal(await reading, 'request-aborted');
});
