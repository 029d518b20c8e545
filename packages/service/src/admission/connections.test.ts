/** Which connections are kept when there are too many, and which are cut. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { figuresAre } from '../__fixtures__/admission.ts';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { attestHead, connectSilently, connectTo, type RawClient } from '../__fixtures__/raw-client.ts';
import { serve, type TestService } from '../__fixtures__/service.ts';
import { Connections } from './connections.ts';
import { RateTable } from './rate-table.ts';

async function silent(service: TestService, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = [];
  for (let at = 0; at < count; at++) {
    clients.push(await connectSilently(service));
    await figuresAre(service, { connections: at + 1 });
  }
  return clients;
}

async function isServed(client: RawClient): Promise<void> {
  await client.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await client.received('{"status":"alive"}');
}

test('a connection that never starts the handshake is closed after the headers timeout', async () => {
  const service = await serve({ limits: { headersTimeoutMs: 100 } });
  const client = await connectSilently(service);
  assert.equal(await client.ended, '');
  await figuresAre(service, { connections: 0 });
});

test('a client that does not speak HTTP is disconnected if it does not close after the response', async () => {
  const service = await serve({ limits: { headersTimeoutMs: 100 } });
  const client = await connectTo(service);
  // It reads nothing more, so it does not see that the service ends the connection.
  client.socket.pause();
  await client.write('nonsense\r\n\r\n');
  await figuresAre(service, { connections: 0 });
});

test('at the limits in total and per address, the connection that has been idle for longest is closed in favor of a new one', async () => {
  for (const settings of [{ limits: { maxConnections: 3 } }, { admission: { address: { connections: 3 } } }]) {
    const service = await serve(settings);
    const [first, second] = await silent(service, 3);
    const client = await connectTo(service);
    await isServed(client);
    assert.equal(await first?.ended, '');
    assert.equal(second?.socket.destroyed, false);
    assert.deepEqual([...service.admissionFigures().refused], [['connection-evicted', 1]]);
    assert.equal(service.admissionFigures().connections, 3);
  }
});

test('strangers do not displace connections of callers, nor those with a request in flight', async () => {
  const service = await serve({ identity, limits: { maxConnections: 3 } });
  const caller = await connectTo(service);
  await caller.write(`${attestHead(2, await bearer('alice'))}{}`);
  await caller.received('member-missing');
  const working = await connectTo(service);
  await working.write(attestHead(2));
  await figuresAre(service, { requests: 1 });
  const [stranger] = [await connectSilently(service)];
  await figuresAre(service, { connections: 3 });
  for (let at = 0; at < 5; at++) await isServed(await connectTo(service));
  assert.equal(await stranger.ended, '');
  await working.write('{}');
  await working.received('member-missing');
  await isServed(caller);
});

test('refuses a new connection when all others have a request in flight', async () => {
  const service = await serve({ limits: { maxConnections: 1 } });
  const working = await connectTo(service);
  await working.write(attestHead(2));
  await figuresAre(service, { requests: 1 });
  const refused = await connectSilently(service);
  assert.equal(await refused.ended, '');
  await working.write('{}');
  await working.received('member-missing');
  assert.deepEqual([...service.admissionFigures().refused], [['connection-refused', 1]]);
});

test('new connections of an address beyond its rate are closed before the handshake, except those of load balancers', async () => {
  const admission = { address: { connectionsPerSecond: 0.001, connectionBurst: 2 } };
  const service = await serve({ admission });
  const [first, second] = [await connectTo(service), await connectTo(service)];
  for (const client of [first, second]) await isServed(client);
  assert.equal(await (await connectSilently(service)).ended, '');
  for (const client of [first, second]) await isServed(client);
  assert.deepEqual([...service.admissionFigures().refused], [['connection-refused', 1]]);
  const behind = await serve({ admission, listen: { port: 0, trustedProxies: ['127.0.0.0/8', '::1'] } });
  for (let at = 0; at < 3; at++) await isServed(await connectTo(behind));
});

test('connections of load balancers do not count toward an address', async () => {
  const listen = { port: 0, trustedProxies: ['127.0.0.0/8', '::1'] };
  const service = await serve({ listen, admission: { address: { connections: 1 } } });
  await isServed(await connectTo(service));
  await isServed(await connectTo(service));
  assert.equal(service.admissionFigures().connections, 2);
});

test('hands a connection to TLS when it is the turn of its address, and one that was closed meanwhile never', async () => {
  const server = createServer();
  const handed: Socket[] = [];
  server.removeAllListeners('connection').on('connection', (socket: Socket) => handed.push(socket));
  const waiting: { readonly owner: string; readonly begin: () => void }[] = [];
  const turns = {
    take: (owner: string): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push({ owner, begin: resolve });
      return promise;
    },
  };
  const limits = { total: 10, perAddress: 10, newPerAddress: { perSecond: 10, burst: 10 } };
  const rates = new RateTable(10, () => 0);
  const connections = new Connections(
    () => limits,
    rates,
    turns,
    [],
    () => {},
  );
  connections.attach(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const clients = [1, 2].map(() => connect(address.port, '127.0.0.1').on('error', () => {}));
  while (waiting.length < 2) await setImmediate();
  assert.deepEqual([handed.length, connections.count], [0, 2]);
  assert.equal(waiting[0]?.owner, waiting[1]?.owner);
  waiting[0]?.begin();
  await setImmediate();
  assert.equal(handed.length, 1);
  clients.find(({ localPort }) => localPort !== handed[0]?.remotePort)?.resetAndDestroy();
  while (connections.count > 1) await setImmediate();
  waiting[1]?.begin();
  await setImmediate();
  assert.equal(handed.length, 1);
  for (const client of clients) client.destroy();
  while (connections.count > 0) await setImmediate();
  server.close();
});
