/** Signing keys past their time: destroyed late, never by a clock that is in doubt, and not by one that jumped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refused } from '@atesto/core';
import { createProvider, createSqlite, origin, value } from '@atesto/store/testing';
import { openStoredKeys } from './__fixtures__/stored-keys.ts';

const start = Date.UTC(2026, 10, 1);
const at = (seconds: number): Date => new Date(start + seconds * 1000);
const delayMs = 86_400_000;

/** Whether an error is the refusal of a request with this code. */
const refusedWith = (code: string) => (error: unknown) => error instanceof Refused && error.refusal.code === code;

/** Keys of a provider, with what the store still has of their private parts. */
async function createKeys() {
  const database = await createSqlite();
  const store = await database.open();
  const { id } = await createProvider(store);
  const guard = { isTrusted: true, confirm: async () => guard.isTrusted };
  const keys = await openStoredKeys(store, id, at(0), { guard, deletionDelayMs: delayMs });
  const sealed = async (): Promise<unknown[]> =>
    (await database.sql('select key_id from sealed_keys')).map(({ key_id: kid }) => kid);
  const run = (ms: number) => database.sql(`update store_clock set running_ms = running_ms + ${ms}`);
  return { database, store, guard, keys, sealed, run, first: keys.current(at(0)).kid };
}

test('destroys a retired key when instances have run for the delay since it need not be published, not before', async () => {
  const { database, keys, sealed, run, first } = await createKeys();
  await using _ = database;
  await keys.rotateWhenDue(at(900));
  assert.equal(await keys.destroyRetired(at(1070)), 0);
  assert.equal(await keys.destroyRetired(at(1071)), 0);
  await run(delayMs - 1);
  assert.equal(await keys.destroyRetired(at(1072)), 0);
  assert.ok((await sealed()).includes(first));
  await run(1);
  assert.equal(await keys.destroyRetired(at(1073)), 1);
  assert.ok(!(await sealed()).includes(first));
});

test('signs with the old key again when a clock that was 400 days ahead is set right, and then rotates as if nothing had been', async () => {
  const { database, keys, sealed, run, first } = await createKeys();
  await using _ = database;
  const ahead = 400 * 86_400;
  await keys.rotateWhenDue(at(ahead));
  const other = keys.current(at(ahead)).kid;
  assert.notEqual(other, first);
  // The successor was not published ahead: the old key stays published beside it.
  assert.deepEqual(
    keys.published(at(ahead)).map(({ kid }) => kid),
    [other, first],
  );
  await keys.destroyRetired(at(ahead + 1000));
  await run(delayMs / 2);
  assert.equal(keys.current(at(10)).kid, first);
  assert.equal(await keys.destroyRetired(at(10)), 0);
  await run(delayMs / 2);
  assert.equal(await keys.destroyRetired(at(11)), 0);
  assert.ok((await sealed()).includes(first));
  assert.equal(await keys.rotateWhenDue(at(899)), false);
  assert.equal(await keys.rotateWhenDue(at(900)), true);
  assert.equal(keys.current(at(999)).kid, first);
  const next = keys.current(at(1000)).kid;
  assert.ok(![first, other].includes(next));
});

test('adds, imports, withdraws and destroys no key while the clock is in doubt: clock-suspect', async () => {
  const { database, guard, keys, first } = await createKeys();
  await using _ = database;
  guard.isTrusted = false;
  assert.equal(await keys.rotateWhenDue(at(5000)), false);
  assert.equal(await keys.destroyRetired(at(5000)), 0);
  await assert.rejects(keys.rotate(at(1), origin()), refusedWith('clock-suspect'));
  await assert.rejects(keys.withdraw(first, at(1), origin()), refusedWith('clock-suspect'));
  assert.deepEqual(
    keys.list(at(1)).map(({ kid, state }) => [kid, state]),
    [[first, 'current']],
  );
  assert.throws(() => keys.current(at(500 * 86_400)), refusedWith('signing-key-missing'));
});

test('destroys no key while an operator has stopped deletions', async () => {
  const { database, store, keys, run } = await createKeys();
  await using _ = database;
  await keys.rotateWhenDue(at(900));
  value(await store.deletions.setStopped(true, origin()));
  await keys.destroyRetired(at(1071));
  await run(delayMs);
  assert.equal(await keys.destroyRetired(at(1072)), 0);
  value(await store.deletions.setStopped(false, origin()));
  assert.equal(await keys.destroyRetired(at(1073)), 1);
});
