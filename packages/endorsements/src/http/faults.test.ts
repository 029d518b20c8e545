/** A service that fails: what is tried again, for how long, and what is said in the end. */
import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { PcsRequest } from '@atesto/testing/servers';
import { at, codeOf, collateral, needed, servePcs } from '../__fixtures__/platform.ts';
import { createFakeTiming, deadlineMilliseconds } from '../__fixtures__/timing.ts';
import { createPcsSource, endorsementFault } from '../index.ts';

const item = 'tcb-info';
const asked = (requests: readonly string[], part: string): number =>
  requests.filter((path) => path.includes(part)).length;

describe('a passing failure', () => {
  for (const [what, fault] of [
    ['500', { kind: 'status', status: 500, times: 2, item }],
    ['503', { kind: 'status', status: 503, times: 2, item }],
    ['429', { kind: 'status', status: 429, times: 2, item }],
    ['a truncated answer', { kind: 'truncated', times: 2, item }],
  ] as const) {
    test(`${what} twice: asked a third time, after pauses that grow`, async (t) => {
      const { server, source, timing } = await servePcs(t, { faults: [fault] });
      assert.equal(codeOf(await source.get(needed, { at })), 'ok');
      assert.equal(asked(server.requests, '/tcb?'), 3);
      assert.equal(server.requests.length, 6);
      assert.deepEqual(timing.pauses, [187.5, 375]);
    });
  }

  test('the pause is as long as the service wants, when it wants a longer one', async (t) => {
    const faults = [{ kind: 'status', status: 503, times: 1, item, retryAfterSeconds: 7 }] as const;
    const { source, timing } = await servePcs(t, { faults });
    assert.equal(codeOf(await source.get(needed, { at })), 'ok');
    assert.deepEqual(timing.pauses, [7000]);
  });

  test('a service that wants too long a pause is not asked again', async (t) => {
    const faults = [{ kind: 'status', status: 429, item, retryAfterSeconds: 3600 }] as const;
    const { server, source, timing } = await servePcs(t, { faults });
    assert.equal(codeOf(await source.get(needed, { at })), 'endorsements-throttled');
    assert.deepEqual([asked(server.requests, '/tcb?'), timing.pauses], [1, []]);
  });
});

describe('a lasting failure', () => {
  test('5xx: given up after the last attempt, as unavailable', async (t) => {
    const { server, source } = await servePcs(t, { faults: [{ kind: 'status', status: 502, item }] });
    const result = await source.get(needed, { at });
    assert.equal(codeOf(result), 'endorsements-server-error');
    assert.equal(endorsementFault(codeOf(result)), 'unavailable');
    assert.equal(asked(server.requests, '/tcb?'), 3);
  });

  test('truncated answers: bad content', async (t) => {
    const { source } = await servePcs(t, { faults: [{ kind: 'truncated', item }] });
    const result = await source.get(needed, { at });
    assert.equal(codeOf(result), 'endorsements-truncated');
    assert.equal(endorsementFault(codeOf(result)), 'content');
  });

  test('no server: unreachable', async (t) => {
    const { server, source } = await servePcs(t);
    await server.close();
    const result = await source.get(needed, { at });
    assert.equal(codeOf(result), 'endorsements-unreachable');
    assert.ok(!result.ok && result.refusal.why.includes('ECONNREFUSED'));
  });

  for (const [what, expected, serve] of [
    ['connections that are reset', 'endorsements-unreachable', (socket: Socket) => socket.resetAndDestroy()],
    ['something that does not speak HTTP', 'endorsements-malformed', (socket: Socket) => socket.end('hello\r\n\r\n')],
  ] as const) {
    test(`${what}: ${expected}`, async (t) => {
      const server = createServer((socket) => serve(socket.on('error', () => {})));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      t.after(() => server.close());
      const address = server.address();
      assert.ok(typeof address === 'object' && address !== null);
      const source = createPcsSource({
        baseUrl: `http://127.0.0.1:${address.port}`,
        timing: createFakeTiming(at),
        timeoutSeconds: deadlineMilliseconds / 1000,
        retries: 1,
      });
      t.after(() => source.close());
      assert.equal(codeOf(await source.get(needed, { at })), expected);
    });
  }
});

test('no whole answer within the time: each attempt is broken off, timed out in the end', async (t) => {
  let expire = (): void => {};
  const arrived = ({ item }: PcsRequest) => {
    if (item === 'tcb-info') setImmediate(() => expire());
    return collateral;
  };
  const { server, source, timing } = await servePcs(t, { collateral: arrived, faults: [{ kind: 'hang', item }] });
  expire = timing.passDeadlines;
  const result = await source.get(needed, { at });
  assert.equal(codeOf(result), 'endorsements-timed-out');
  assert.equal(endorsementFault(codeOf(result)), 'unavailable');
  assert.equal(asked(server.requests, '/tcb?'), 3);
});

describe('a caller who gives up', () => {
  test('is told so, and the requests end with the last one', async (t) => {
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const { source } = await servePcs(t, {
      collateral: () => {
        reach();
        return collateral;
      },
      faults: [{ kind: 'hang' }],
    });
    const [one, other] = [new AbortController(), new AbortController()];
    const results = [source.get(needed, { at, signal: one.signal }), source.get(needed, { at, signal: other.signal })];
    await reached;
    one.abort();
    assert.equal(codeOf((await results[0]) ?? { ok: true }), 'endorsements-cancelled');
    other.abort();
    assert.equal(codeOf((await results[1]) ?? { ok: true }), 'endorsements-cancelled');
  });

  test('does not end the requests of another', async (t) => {
    const giveUp = new AbortController();
    const { source } = await servePcs(t, {
      collateral: () => {
        giveUp.abort();
        return collateral;
      },
    });
    const [first, second] = await Promise.all([
      source.get(needed, { at, signal: giveUp.signal }),
      source.get(needed, { at }),
    ]);
    assert.deepEqual([codeOf(first), codeOf(second)], ['endorsements-cancelled', 'ok']);
  });

  test('before the start is told at once', async (t) => {
    const { source } = await servePcs(t);
    const signal = AbortSignal.abort();
    assert.equal(codeOf(await source.get(needed, { at, signal })), 'endorsements-cancelled');
  });
});
