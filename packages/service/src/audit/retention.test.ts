/** Audit entries past their time: marked, then removed when instances have run for the delay, and never by a clock that is in doubt. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { openAudit, type Store } from '@atesto/store';
import { createSqlite, origin, value } from '@atesto/store/testing';
import { keepRetention } from './retention.ts';

const day = 86_400_000;
const hour = 3_600_000;

/** Entries of 31 and 29 days ago, and retention of 30 days over them whose clock and guard the test sets. */
async function createRetention(store: Store, delayMs: number) {
  const audit = openAudit(store.audit);
  const start = Date.now();
  for (const [requestId, age] of [
    ['old', 31],
    ['young', 29],
  ] as const) {
    await audit.record({ atMs: start - age * day, operation: 'attest', requestId, verdict: 'allowed' });
  }
  const state = { nowMs: start, isTrusted: true };
  /** One pass, as at a start. */
  const pass = async (): Promise<string[]> => {
    const stop = keepRetention({
      audit,
      deletions: store.deletions,
      guard: { isTrusted: true, confirm: async () => state.isTrusted },
      days: { retentionDays: 30, anonymousRetentionDays: 7 },
      delayMs,
      clock: () => new Date(state.nowMs),
      log: { info: () => {}, error: () => {} },
    });
    await stop();
    const page = await audit.query({});
    return page.ok ? page.value.entries.map(({ requestId }) => requestId) : assert.fail();
  };
  return { start, state, pass };
}

/** Lets instances have run for so long. */
const run = (database: { sql(text: string): Promise<unknown> }, ms: number) =>
  database.sql(`update store_clock set running_ms = running_ms + ${ms}`);

test('expired entries are removed only after instances have run for the delay since they were marked', async () => {
  await using database = await createSqlite();
  const store = await database.open();
  const { pass } = await createRetention(store, day);
  assert.deepEqual(await pass(), ['young', 'old']);
  await run(database, day - 1);
  assert.deepEqual(await pass(), ['young', 'old']);
  await run(database, 1);
  assert.deepEqual(await pass(), ['young']);
});

test('entries that a fast clock marked are kept when the clock is corrected in time', async () => {
  await using database = await createSqlite();
  const store = await database.open();
  const { start, state, pass } = await createRetention(store, day);
  state.nowMs = start + 400 * day;
  assert.deepEqual(await pass(), ['young', 'old']);
  await run(database, day / 2);
  state.nowMs = start - 5 * day;
  assert.deepEqual(await pass(), ['young', 'old']);
  await run(database, day / 2);
  assert.deepEqual(await pass(), ['young', 'old']);
});

test('nothing is marked or removed while the clock is not trusted', async () => {
  await using database = await createSqlite();
  const store = await database.open();
  const { state, pass } = await createRetention(store, 0);
  state.isTrusted = false;
  assert.deepEqual(await pass(), ['young', 'old']);
  assert.deepEqual(value(await store.deletions.pending()).marks, []);
  state.isTrusted = true;
  assert.deepEqual(await pass(), ['young']);
});

test('nothing is removed while an operator has stopped deletions', async () => {
  await using database = await createSqlite();
  const store = await database.open();
  const { pass } = await createRetention(store, 0);
  value(await store.deletions.setStopped(true, origin()));
  assert.deepEqual(await pass(), ['young', 'old']);
  assert.equal(value(await store.deletions.pending()).isStopped, true);
  value(await store.deletions.setStopped(false, origin()));
  assert.deepEqual(await pass(), ['young']);
});

test('entries are marked once per hour of running time, however often the check runs', async () => {
  await using database = await createSqlite();
  const store = await database.open();
  const { start, state, pass } = await createRetention(store, day);
  for (let look = 0; look < 5; look += 1) {
    state.nowMs = start + look;
    await pass();
  }
  assert.equal(value(await store.deletions.pending()).marks.length, 2);
  await run(database, hour);
  await pass();
  assert.equal(value(await store.deletions.pending()).marks.length, 4);
});

test('retention runs again every hour', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  const looked = Promise.withResolvers<void>();
  let looks = 0;
  await using database = await createSqlite();
  const store = await database.open();
  const stop = keepRetention({
    audit: openAudit(store.audit),
    deletions: store.deletions,
    guard: {
      isTrusted: true,
      confirm: async () => {
        looks += 1;
        if (looks === 2) looked.resolve();
        return false;
      },
    },
    days: { retentionDays: 30, anonymousRetentionDays: 7 },
    delayMs: day,
    clock: () => new Date(),
    log: { info: () => {}, error: () => {} },
  });
  mock.timers.tick(hour);
  await looked.promise;
  mock.timers.reset();
  await stop();
});
