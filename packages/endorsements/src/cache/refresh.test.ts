/** When a cache fetches anew: ahead of the next update, and past it while the service is down. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { day, down, folder, kinds, later, nextUpdate, renewed, scene } from '../__fixtures__/cache.ts';
import { at, codeOf, collateral, needed, platform } from '../__fixtures__/platform.ts';

describe('ahead of the next update', () => {
  test('the answer is the one at hand; behind it the new one is fetched', async (t) => {
    const { cache, server, timing, events, publish } = await scene(t, { refreshAheadSeconds: 3 * day });
    await cache.get(needed, { at });
    publish(renewed);
    timing.set(later(25));
    await cache.get(needed, { at: later(25) });
    assert.equal(server.requests.length, 4);
    timing.set(later(27));
    const before = await cache.get(needed, { at: later(27) });
    assert.ok(before.ok);
    assert.deepEqual(before.value.freshness?.nextUpdate, nextUpdate);
    await cache.close();
    const after = await cache.get(needed, { at: later(27) });
    assert.ok(after.ok);
    assert.deepEqual(after.value.freshness?.nextUpdate, later(50));
    assert.deepEqual(kinds(events), ['refreshed']);
    assert.equal(server.requests.length, 8);
  });

  test('what is old is fetched anew although it lasts: revocations are published in between', async (t) => {
    const { cache, server, timing, publish } = await scene(t, { refreshAfterSeconds: day });
    await cache.get(needed, { at });
    timing.set(later(1, -1));
    await cache.get(needed, { at: later(1) });
    await cache.close();
    assert.equal(server.requests.length, 4);
    publish(await platform.collateral({ at: later(1) }));
    timing.set(later(1));
    await cache.get(needed, { at: later(1) });
    await cache.close();
    const after = await cache.get(needed, { at: later(1) });
    assert.deepEqual(after.ok && after.value.freshness?.nextUpdate, later(30));
  });

  test('a refresh that fails is reported, and not tried again for a while', async (t) => {
    const { cache, server, timing, events } = await scene(t, { refreshAheadSeconds: 3 * day });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(27));
    for (const _ of [1, 2, 3]) {
      assert.equal(codeOf(await cache.get(needed, { at: later(27) })), 'ok');
      await cache.close();
    }
    assert.deepEqual(kinds(events), ['refresh-failed']);
    server.setFaults([]);
    timing.set(later(27, 301));
    await cache.get(needed, { at: later(27, 301) });
    await cache.close();
    assert.deepEqual(kinds(events), ['refresh-failed', 'refreshed']);
  });

  test('refreshDue fetches what is due and was asked for, nothing else', async (t) => {
    const { cache, server, timing, publish } = await scene(t, { refreshAheadSeconds: 3 * day });
    await cache.get(needed, { at });
    await cache.refreshDue();
    assert.equal(server.requests.length, 4);
    publish(renewed);
    timing.set(later(27));
    await cache.refreshDue();
    assert.equal(server.requests.length, 8);
    publish(await platform.collateral({ at: later(48) }));
    timing.set(later(48));
    await cache.refreshDue();
    assert.equal(server.requests.length, 8);
  });

  test('genuine but older endorsements do not replace newer ones', async (t) => {
    const { cache, timing, events, publish } = await scene(t, { refreshAheadSeconds: 3 * day });
    publish(renewed);
    await cache.get(needed, { at: later(21) });
    publish(collateral);
    timing.set(later(48));
    await cache.get(needed, { at: later(48) });
    await cache.close();
    const result = await cache.get(needed, { at: later(48) });
    assert.ok(result.ok);
    assert.deepEqual(result.value.freshness?.nextUpdate, later(50));
    assert.equal(events[0]?.kind, 'rollback-ignored');
  });

  test('the same bytes keep their object', async (t) => {
    const { cache, timing } = await scene(t, { refreshAheadSeconds: 3 * day });
    const first = await cache.get(needed, { at });
    timing.set(later(27));
    await cache.get(needed, { at: later(27) });
    await cache.close();
    const second = await cache.get(needed, { at: later(27) });
    assert.ok(first.ok && second.ok);
    assert.equal(first.value.collateral, second.value.collateral);
    assert.deepEqual(second.value.freshness?.fetchedAt, later(27));
  });
});

describe('past the next update, while the service is down', () => {
  test('within the grace the answer is stale, and says so', async (t) => {
    const { cache, server, timing, events } = await scene(t, { staleGraceSeconds: 2 * day, refreshAheadSeconds: 0 });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(30));
    const result = await cache.get(needed, { at: later(30) });
    assert.ok(result.ok);
    assert.deepEqual(result.value.freshness, {
      fetchedAt: at,
      nextUpdate,
      source: server.url,
      stale: true,
      graceUntil: later(31),
    });
    assert.deepEqual(kinds(events), ['stale-used']);
  });

  test('a source that hangs holds nobody up while the one at hand may be used, nor is it asked by each caller', async (t) => {
    const options = { staleGraceSeconds: 2 * day, refreshAheadSeconds: 0, staleWaitSeconds: 0.001 };
    const { cache, server, timing, events } = await scene(t, options);
    await cache.get(needed, { at });
    server.setFaults([{ kind: 'hang' }]);
    timing.set(later(30));
    const asked = server.requests.length;
    const answers = [await cache.get(needed, { at: later(30) }), await cache.get(needed, { at: later(30) })];
    assert.deepEqual(
      answers.map((answer) => answer.ok && answer.value.freshness?.stale),
      [true, true],
    );
    timing.passDeadlines();
    await cache.close();
    assert.ok(kinds(events).includes('refresh-failed'), kinds(events).join());
    assert.ok(server.requests.length <= asked + 4);
    const again = await cache.get(needed, { at: later(30) });
    assert.equal(again.ok && again.value.freshness?.stale, true);
    assert.ok(server.requests.length <= asked + 4);
  });

  test('beyond the grace the refusal of the source stands', async (t) => {
    const { cache, server, timing } = await scene(t, { staleGraceSeconds: 2 * day, refreshAheadSeconds: 0 });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(31, 1));
    assert.equal(codeOf(await cache.get(needed, { at: later(31, 1) })), 'endorsements-server-error');
  });

  test('without a grace nothing stale is given', async (t) => {
    const { cache, server, timing } = await scene(t, { refreshAheadSeconds: 0 });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(29, 1));
    assert.equal(codeOf(await cache.get(needed, { at: later(29, 1) })), 'endorsements-server-error');
  });

  test('a restart changes nothing of that', async (t) => {
    const { cache, server, timing, restart } = await scene(t, { directory: folder(t), staleGraceSeconds: 2 * day });
    await cache.get(needed, { at });
    await cache.close();
    server.setFaults(down);
    timing.set(later(30));
    const result = await restart().get(needed, { at: later(30) });
    assert.equal(result.ok && result.value.freshness?.stale, true);
  });

  test('the new one is used as soon as it can be had', async (t) => {
    const { cache, server, timing, publish } = await scene(t, { staleGraceSeconds: 2 * day, refreshAheadSeconds: 0 });
    await cache.get(needed, { at });
    server.setFaults(down);
    timing.set(later(30));
    await cache.get(needed, { at: later(30) });
    server.setFaults([]);
    publish(renewed);
    timing.set(later(30, 16));
    const result = await cache.get(needed, { at: later(30, 16) });
    assert.equal(result.ok && result.value.freshness?.stale, false);
  });
});

test('a source that gives only what is past its next update is refused beyond the grace', async (t) => {
  const { cache, timing } = await scene(t);
  timing.set(later(40));
  assert.equal(codeOf(await cache.get(needed, { at: later(40) })), 'endorsements-expired');
});
