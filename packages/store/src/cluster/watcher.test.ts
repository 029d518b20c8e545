import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Outcome } from '@atesto/core';
import type { StorageCode } from '../codes.ts';
import { type ChangePage, ChangeWatcher } from './watcher.ts';

const away = { code: 'store-unavailable', where: 'database', why: 'it is away' } as const;

/** A watcher over a store without changes whose answers take `tookMs` and whose clocks the test sets. */
function createWatcher(tookMs: number) {
  const clock = { steady: 1000, wall: 5000 };
  const answers: Outcome<ChangePage, StorageCode>[] = [];
  const watcher = new ChangeWatcher({
    read: async () => {
      clock.steady += tookMs;
      clock.wall += tookMs;
      return (
        answers.shift() ?? { ok: true, value: { position: { incarnation: 'i', revision: 0, head: '' }, entries: [] } }
      );
    },
    confirm: async () => ({ ok: true, value: undefined }),
    onMoved: () => {},
    onListenerError: () => {},
    pollIntervalMs: 3_600_000,
    clock: () => ({ ...clock }),
  });
  return { clock, answers, watcher };
}

describe('the freshness of a store', () => {
  test('is unknown before the first poll', () => {
    const { watcher } = createWatcher(0);
    assert.deepEqual(watcher.freshness(), { revision: 0, ageMs: Number.POSITIVE_INFINITY });
  });

  test('counts from the moment before the store was asked', async () => {
    const { clock, watcher } = createWatcher(30);
    await watcher.requestRefresh();
    assert.deepEqual(watcher.freshness(), { revision: 0, ageMs: 30 });
    clock.steady += 200;
    clock.wall += 200;
    assert.deepEqual(watcher.freshness(), { revision: 0, ageMs: 230 });
    await watcher.close();
  });

  test('grows while the machine is suspended and when its clock is set back', async () => {
    const { clock, watcher } = createWatcher(0);
    await watcher.requestRefresh();
    clock.wall += 60_000;
    assert.equal(watcher.freshness().ageMs, 60_000);
    clock.wall -= 3_600_000;
    clock.steady += 100;
    assert.equal(watcher.freshness().ageMs, 100);
    await watcher.close();
  });

  test('is not renewed by a failed poll, and carries its refusal until one succeeds', async () => {
    const { answers, watcher } = createWatcher(30);
    await watcher.requestRefresh();
    answers.push({ ok: false, refusal: away });
    await watcher.requestRefresh();
    assert.deepEqual(watcher.freshness(), { revision: 0, ageMs: 60, refusal: away });
    await watcher.requestRefresh();
    assert.deepEqual(watcher.freshness(), { revision: 0, ageMs: 30 });
    await watcher.close();
  });
});
