/** A stop: `/readyz` first, then the listener and idle connections, then the requests in flight, and nothing left behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect as connectPlain, createServer as createPlainServer } from 'node:net';
import { test } from 'node:test';
import { connect } from 'node:tls';
import type { EndorsementResult } from '@atesto/endorsements';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import { seenAudit } from '@atesto/store/testing';
import { figuresAre } from '../__fixtures__/admission.ts';
import { collateral, quoteOf, refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import type { TestService } from '../__fixtures__/service.ts';
import { managedTime } from '../__fixtures__/time.ts';

const quote = quoteOf();
/** So long that nothing but the mechanism under test can have ended the wait. */
const never = 3_600_000;
const unanswered: Promise<never> = new Promise(() => {});

/** A source of endorsements that tells when it is asked, and answers with what `answer` gives. */
function slowSource(answer: Promise<EndorsementResult<IntelCollateral>>) {
  const asked = Promise.withResolvers<AbortSignal | undefined>();
  const get = (_request: unknown, { signal }: { signal?: AbortSignal }) => {
    asked.resolve(signal);
    return answer;
  };
  return { asked: asked.promise, options: { intelEndorsements: { get } } };
}

function addressOf(service: TestService) {
  return { host: '127.0.0.1', port: service.port, ca: readFileSync(service.caFile ?? '') };
}

test('goes on answering for the configured delay, while /readyz says 503 and each answer ends its connection', async () => {
  const service = await serveEnclaves({ limits: { shutdownDelayMs: never, shutdownGraceMs: never } });
  assert.equal((await service.call('/readyz')).status, 200);
  using time = managedTime();
  const closed = service.close();
  const ready = await service.call('/readyz');
  const attested = await service.attest('SgxEnclave', { quote });
  assert.deepEqual(
    [ready, attested].map(({ status, headers }) => [status, headers.connection, headers['retry-after']]),
    [
      [503, 'close', '5'],
      [200, 'close', undefined],
    ],
  );
  time.tick(never);
  await closed;
  await assert.rejects(service.call('/readyz'), { code: 'ECONNREFUSED' });
});

test('closes idle connections at once: used ones, unused ones and those that never end their handshake', async () => {
  const service = await serveEnclaves({ limits: { shutdownGraceMs: never } });
  await service.call('/certs');
  const unused = connect(addressOf(service));
  await once(unused, 'secureConnect');
  const silent = connectPlain(addressOf(service));
  await once(silent, 'connect');
  const ends = Promise.all(
    [unused, silent].map((socket) =>
      once(
        socket.on('error', () => {}),
        'close',
      ),
    ),
  );
  // The server has taken the silent connection in once it answers a later one.
  await service.call('/certs');
  await service.close();
  await ends;
});

test('lets a request in flight finish, which ends its connection, and takes no new one', async () => {
  const { promise, resolve } = Promise.withResolvers<EndorsementResult<IntelCollateral>>();
  const { asked, options } = slowSource(promise);
  const service = await serveEnclaves({ limits: { shutdownGraceMs: never } }, options);
  const answer = service.attest('SgxEnclave', { quote });
  await asked;
  const closed = service.close();
  resolve({ ok: true, value: { collateral } });
  const { status, headers } = await answer;
  assert.deepEqual([status, headers.connection], [200, 'close']);
  await closed;
  await assert.rejects(service.call('/certs'), { code: 'ECONNREFUSED' });
});

test('answers not-ready to a request that outlasts the grace, puts that down, and leaves no timer behind', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const audit = seenAudit();
  const { asked, options } = slowSource(unanswered);
  const limits = { shutdownGraceMs: 1, endorsementTimeoutMs: never };
  const service = await serveEnclaves({ limits }, { ...options, audit });
  const answer = service.attest('SgxEnclave', { quote });
  const signal = await asked;
  await service.close();
  assert.deepEqual(refusalOf(await answer), [503, 'ServiceUnavailable', 'not-ready']);
  assert.deepEqual(
    audit.entries.map(({ verdict, code }) => [verdict, code]),
    [['failed', 'not-ready']],
  );
  assert.equal(signal?.aborted, true);
  assert.equal(timers(), before);
});

test('cuts a client that still sends its request when the grace is over', async () => {
  const service = await serveEnclaves({ limits: { shutdownGraceMs: 1 } });
  const headers = { 'content-type': 'application/json', 'content-length': 100, expect: '100-continue' };
  const agent = new Agent({ ...addressOf(service) });
  const path = '/attest/SgxEnclave?api-version=2020-10-01';
  const sending = request(`${service.url}${path}`, { method: 'POST', headers, agent });
  sending.flushHeaders();
  await once(sending, 'continue');
  const cut = assert.rejects(once(sending, 'response'), { code: 'ECONNRESET' });
  await service.close();
  await cut;
});

test('ends the wait for endorsements when the client hangs up, and puts that down', async () => {
  const audit = seenAudit();
  const { asked, options } = slowSource(unanswered);
  const service = await serveEnclaves({ limits: { endorsementTimeoutMs: never } }, { ...options, audit });
  const headers = { 'content-type': 'application/json' };
  const agent = new Agent({ ...addressOf(service) });
  const path = '/attest/SgxEnclave?api-version=2020-10-01';
  const call = request(`${service.url}${path}`, { method: 'POST', headers, agent }).on('error', () => {});
  call.end(JSON.stringify({ quote }));
  const signal = await asked;
  call.destroy();
  if (signal?.aborted === false) await once(signal, 'abort');
  await service.close();
  assert.deepEqual(
    audit.entries.map(({ verdict, code }) => [verdict, code]),
    [['refused', 'request-aborted']],
  );
});

test('ends the wait for an issuer, and breaks off what was asked of it', async () => {
  const connected = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const issuer = createPlainServer((socket) => {
    connected.resolve();
    socket.on('error', () => {}).on('close', () => left.resolve());
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(issuer, 'listening');
  const address = issuer.address();
  const uri = `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const limits = { shutdownGraceMs: 1 };
  const identity = { issuers: [{ issuer: uri }], fetchTimeoutMs: never };
  const service = await serveEnclaves({ limits, identity });
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${encode({ typ: 'JWT', alg: 'RS256' })}.${encode({ iss: uri })}.AAAA`;
  const answer = service.attest('SgxEnclave', { quote }, { headers: { authorization: `Bearer ${token}` } });
  // The service asks at its start: the call waits for the same answer.
  await connected.promise;
  await figuresAre(service, { requests: 1 });
  await service.close();
  assert.deepEqual(refusalOf(await answer), [503, 'ServiceUnavailable', 'not-ready']);
  await left.promise;
  issuer.close();
});
