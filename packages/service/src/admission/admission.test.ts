/** What strangers, callers and providers may have of the service. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { seenAudit } from '@atesto/store/testing';
import { figuresAre } from '../__fixtures__/admission.ts';
import { bearer, identity, named } from '../__fixtures__/callers.ts';
import { attestHead, connectTo, type RawClient } from '../__fixtures__/raw-client.ts';
import { type Answer, serve, type TestService } from '../__fixtures__/service.ts';
import type { ServiceSettings } from '../config/schema.ts';

/** A service behind a load balancer, so that a header says the address, with a clock that stands still until it is moved. */
async function limited(admission: ServiceSettings['admission'], more: ServiceSettings = {}) {
  const clock = { now: 0 };
  const audit = seenAudit();
  const settings = { identity, listen: { port: 0, trustedProxies: ['127.0.0.1'] }, ...more };
  const service = await serve(
    { ...settings, admission: { refusalDelayMs: 0, ...admission } },
    { audit, monotonicMs: () => clock.now },
  );
  return { service, audit, clock };
}

const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

/** Status and code of an attest call with an empty object. */
async function attest(service: TestService, headers: Record<string, string>): Promise<string> {
  return told(await service.attest('SgxEnclave', {}, { headers }));
}

function told({ status, text }: Answer): string {
  return `${status} ${JSON.parse(text).error.innererror.code}`;
}

/** An admitted call is one whose body was read and found empty of evidence. */
const admitted = '400 member-missing';
const tooMany = '429 too-many-requests';
const overloaded = '503 service-overloaded';

test('a 429 response is delayed, while others are served, until its client disconnects', async () => {
  const { service } = await limited({ refusalDelayMs: 60_000, address: { requestsPerSecond: 0.001, requestBurst: 1 } });
  assert.equal(await attest(service, from('192.0.2.1')), admitted);
  const flood = await connectTo(service);
  await flood.write(`${attestHead(2, from('192.0.2.1'))}{}`);
  await figuresAre(service, { connections: 2 });
  while (service.admissionFigures().refused.get('too-many-requests') !== 1) await setImmediate();
  assert.equal(await attest(service, from('192.0.2.2')), admitted);
  flood.socket.destroy();
  assert.equal(await flood.ended, '');
  await figuresAre(service, { connections: 1 });
});

test('an address that used up its requests is refused; its callers, other addresses and health checks are still served', async () => {
  const { service, audit, clock } = await limited({ address: { requestsPerSecond: 0.5, requestBurst: 2 } });
  const neighbor = { ...from('192.0.2.1'), ...(await bearer('alice')) };
  for (const expected of [admitted, admitted, tooMany, tooMany, tooMany]) {
    assert.equal(await attest(service, from('192.0.2.1')), expected);
  }
  const refused = await service.attest('SgxEnclave', {}, { headers: from('192.0.2.1') });
  assert.equal(refused.headers['retry-after'], '2');
  assert.equal(await attest(service, neighbor), admitted);
  assert.equal(await attest(service, from('192.0.2.2')), admitted);
  assert.equal((await service.call('/healthz', { headers: from('192.0.2.1') })).status, 200);
  clock.now = 2000;
  assert.equal(await attest(service, from('192.0.2.1')), admitted);
  assert.equal(await attest(service, from('192.0.2.1')), tooMany);
  assert.deepEqual(
    audit.entries.map(({ address, caller, code }) => [address, caller, code]),
    [
      ['192.0.2.1', undefined, 'member-missing'],
      ['192.0.2.1', undefined, 'member-missing'],
      ['192.0.2.1', named('alice'), 'member-missing'],
      ['192.0.2.2', undefined, 'member-missing'],
      ['192.0.2.1', undefined, 'member-missing'],
    ],
  );
  await service.close();
  const lines = service.logged.map((line) => JSON.parse(line));
  assert.equal(lines.filter(({ msg }) => msg === 'request').length, 5);
  const summaries = lines.filter(({ event }) => event === 'admission-refused');
  assert.deepEqual(
    summaries.map(({ address, code, count }) => ({ address, code, count })),
    [{ address: '192.0.2.1', code: 'too-many-requests', count: 5 }],
  );
});

test('health checks are limited by a budget of their own', async () => {
  const { service } = await limited({ address: { requestsPerSecond: 1, requestBurst: 2 } });
  const statuses: number[] = [];
  for (const path of ['/healthz', '/readyz', '/healthz']) {
    statuses.push((await service.call(path, { headers: from('192.0.2.1') })).status);
  }
  assert.deepEqual(statuses, [200, 200, 429]);
  assert.equal(await attest(service, from('192.0.2.1')), admitted);
});

test('the invalid tokens of an address are limited; a token that was valid before is still accepted', async () => {
  const { service, audit } = await limited({ address: { requestsPerSecond: 1, requestBurst: 2 } });
  const alice = { ...from('192.0.2.1'), ...(await bearer('alice')) };
  const rubbish = { ...from('192.0.2.1'), authorization: 'Bearer a.b.c' };
  for (let call = 0; call < 3; call++) assert.equal(await attest(service, alice), admitted);
  for (const expected of ['401 access-token-malformed', '401 access-token-malformed', tooMany, tooMany]) {
    assert.equal(await attest(service, rubbish), expected);
  }
  assert.equal(await attest(service, alice), admitted);
  assert.equal(await attest(service, { ...alice, ...(await bearer('bob')) }), tooMany);
  assert.equal(audit.entries.length, 6);
});

test('each caller has one budget across all addresses, and refusals beyond it are neither logged nor audited', async () => {
  const { service, audit } = await limited({ caller: { requestsPerSecond: 1, requestBurst: 2 } });
  const alice = await bearer('alice');
  assert.equal(await attest(service, { ...alice, ...from('192.0.2.1') }), admitted);
  assert.equal(await attest(service, { ...alice, ...from('192.0.2.2') }), admitted);
  assert.equal(await attest(service, { ...alice, ...from('192.0.2.3') }), tooMany);
  assert.equal(await attest(service, await bearer('bob')), admitted);
  assert.equal(audit.entries.length, 3);
});

test('a quarter of the requests of a provider is reserved for callers', async () => {
  const { service } = await limited({ provider: { requestsPerSecond: 1, requestBurst: 4 } });
  for (const expected of [admitted, admitted, admitted, tooMany]) {
    assert.equal(await attest(service, from('192.0.2.1')), expected);
  }
  const alice = await bearer('alice');
  assert.equal(await attest(service, alice), admitted);
  assert.equal(await attest(service, alice), tooMany);
});

/** Connections with a request in flight each: its body has not arrived yet. */
async function underWay(service: TestService, addresses: readonly string[]): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (const address of addresses) {
    const client = await connectTo(service);
    await client.write(attestHead(10_000, from(address)));
    clients.push(client);
  }
  return clients;
}

test('limits the requests in flight of an address, and stops counting those whose client disconnects', async () => {
  const { service } = await limited({ address: { concurrentRequests: 2 } });
  const [client] = await underWay(service, ['192.0.2.1', '192.0.2.1']);
  await figuresAre(service, { requests: 2 });
  assert.equal(await attest(service, from('192.0.2.1')), tooMany);
  assert.equal(await attest(service, from('192.0.2.2')), admitted);
  client?.socket.destroy();
  await figuresAre(service, { requests: 1 });
  assert.equal(await attest(service, from('192.0.2.1')), admitted);
});

test('answers 503 when the total limit of requests in flight is reached, and reserves a quarter of it for callers', async () => {
  const { service } = await limited({ total: { concurrentRequests: 4 } });
  await underWay(service, ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
  await figuresAre(service, { requests: 3 });
  const answer = await service.attest('SgxEnclave', {}, { headers: from('192.0.2.4') });
  assert.deepEqual([told(answer), answer.headers['retry-after']], [overloaded, '1']);
  assert.equal(await attest(service, await bearer('alice')), admitted);
  assert.equal((await service.call('/readyz')).status, 200);
});

test('400 connections of strangers hold no more memory for bodies than three quarters of the total', async () => {
  const { service } = await limited(
    { total: { bodyBytes: 1_048_576 } },
    { limits: { bodyBytes: 131_072, requestTimeoutMs: 600_000 } },
  );
  const most = 786_432;
  let refused = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const overdrawn: number[] = [];
  for (let at = 0; at < 400; at++) {
    const client = await connectTo(service);
    client.write(attestHead(100_000, from(`192.0.2.${at % 250}`)));
    client.write(Buffer.alloc(60_000, 0x20));
    client.received('service-overloaded').then(
      () => {
        const { bodyBytes } = service.admissionFigures();
        if (bodyBytes > most) overdrawn.push(bodyBytes);
        refused += 1;
        // Twelve bodies of 64 KiB fit.
        if (refused === 388) resolve();
      },
      () => {},
    );
  }
  await promise;
  assert.deepEqual(overdrawn, []);
  assert.ok(service.admissionFigures().bodyBytes <= most);
  assert.equal(await attest(service, await bearer('alice')), admitted);
});

test('the memory for request bodies of one address is limited', async () => {
  const { service } = await limited({ address: { bodyBytes: 131_072 } }, { limits: { bodyBytes: 131_072 } });
  const first = await connectTo(service);
  await first.write(attestHead(100_000, from('192.0.2.1')));
  await first.write(Buffer.alloc(90_000, 0x20));
  await figuresAre(service, { bodyBytes: 100_000 });
  const second = await connectTo(service);
  await second.write(attestHead(100_000, from('192.0.2.1')));
  await second.write(Buffer.alloc(90_000, 0x20));
  assert.match(await second.received('too-many-requests'), /^HTTP\/1\.1 429 /);
  const other = await service.attest('SgxEnclave', ' '.repeat(90_000), { headers: from('192.0.2.2') });
  assert.equal(told(other), '400 body-not-json');
});
