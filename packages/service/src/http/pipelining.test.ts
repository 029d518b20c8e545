/** Several requests on one connection before the first is answered. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { developmentCertificate } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import { figuresAre } from '../__fixtures__/admission.ts';
import { identity } from '../__fixtures__/callers.ts';
import { startIssuer } from '../__fixtures__/openid-issuer.ts';
import { connectTo } from '../__fixtures__/raw-client.ts';
import { serve, type TestService } from '../__fixtures__/service.ts';
import type { ServiceSettings } from '../config/schema.ts';

const tls = await developmentCertificate(stateDirectory(), ['127.0.0.1', 'localhost']);
const silent = await startIssuer(tls);
silent.answers = { '/tenant/v2.0/.well-known/openid-configuration': undefined };
const token = await silent.sign();

function start(admission: ServiceSettings['admission'] = {}): Promise<TestService> {
  const issuers = [{ issuer: silent.issuer, caFile: tls.caFile }];
  const settings = { identity: { ...identity, issuers, roles: [], fetchTimeoutMs: 600_000 }, admission };
  return serve({ ...settings, limits: { shutdownGraceMs: 1 } }, { monotonicMs: () => 0 });
}

/** A request that is answered at once. */
const quick = 'GET /certs HTTP/1.1\r\nhost: localhost\r\n\r\n';
/** A request whose token waits for its verification. */
const slow = `GET /policies/SgxEnclave?api-version=2022-08-01 HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\n\r\n`;

test('requests whose answers wait behind another are under way no more when the client hangs up', async () => {
  const service = await start();
  const client = await connectTo(service);
  await client.write(slow + quick.repeat(5));
  await figuresAre(service, { requests: 6 });
  client.socket.destroy();
  await figuresAre(service, { connections: 0, requests: 0 });
});

test('answers 16 requests that come at once, in their order, and cuts a connection that has more under way', async () => {
  const service = await start();
  const client = await connectTo(service);
  await client.write(quick.repeat(15) + quick.replace('/certs', '/nothing'));
  const text = await client.received('route-unknown');
  assert.equal(text.split('HTTP/1.1 200').length, 16);
  const greedy = await connectTo(service);
  await greedy.write(slow + quick.repeat(16));
  assert.equal(await greedy.ended, '');
  await figuresAre(service, { connections: 1, requests: 0 });
});

test('refusals that are kept back count, so that a client which never waits for them gets no further', async () => {
  const service = await start({ refusalDelayMs: 60_000, address: { requestBurst: 1 } });
  const client = await connectTo(service);
  const refused = (): number => service.admissionFigures().refused.get('too-many-requests') ?? 0;
  await client.write(quick.repeat(16));
  while (refused() < 15) await setImmediate();
  await client.write(quick.repeat(84));
  await client.ended;
  assert.equal(refused(), 15);
});

test('of refusals that are kept back no more than 1000 wait at the same time', async () => {
  const service = await start({ refusalDelayMs: 60_000, address: { requestBurst: 1 } });
  const clients = await Promise.all(Array.from({ length: 67 }, () => connectTo(service)));
  for (const client of clients) await client.write(quick.repeat(15));
  const last = await connectTo(service);
  await last.write(quick);
  assert.match(await last.received('too-many-requests'), /^HTTP\/1\.1 429 /);
});
