/** Two instances that start for the first time at once agree on one signing key, whichever clock is ahead. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  type CreateDatabase,
  createOnPostgres,
  createProvider,
  createSqlite,
  sharedPostgres,
  value,
} from '@atesto/store/testing';
import { openStoredKeys } from './__fixtures__/stored-keys.ts';

const { server, skip } = await sharedPostgres();
after(() => server?.dispose());
const opener = fileURLToPath(new URL('./__fixtures__/opening-process.ts', import.meta.url));
const start = Date.UTC(2026, 10, 1);

const databases: [string, string | false, CreateDatabase][] = [
  ['SQLite', false, createSqlite],
  [
    'PostgreSQL',
    skip,
    () => (server === undefined ? Promise.reject(new Error('no server')) : createOnPostgres(server)),
  ],
];

for (const [name, reason, create] of databases) {
  describe(`the first signing key on ${name}`, { skip: reason }, () => {
    test('is one key that never ends when two instances open at once and the second has the slower clock', async () => {
      await using database = await create();
      const [one, other] = [await database.open(), await database.open()];
      const { id } = await createProvider(one);
      const ahead = new Date(start + 1000);
      const behind = new Date(start);
      // The slower clock asks while the ring is empty and comes to write when the other's key is there.
      const first = await openStoredKeys(one, id, ahead);
      const second = await openStoredKeys(other, id, behind);
      await one.changes.refresh();
      assert.deepEqual(second.list(behind), first.list(behind));
      assert.deepEqual(
        first.list(behind).map(({ state, signsFrom, signsUntil }) => [state, signsFrom, signsUntil]),
        [['current', ahead, undefined]],
      );
      assert.equal(second.current(behind).kid, first.current(ahead).kid);
    });

    test('is one key when two processes open at once', async () => {
      await using database = await create();
      const store = await database.open();
      const { id } = await createProvider(store);
      const children = [0, 250, 500].map((ms) =>
        spawn(process.execPath, [opener, JSON.stringify(database.options), id, String(start + ms)], {
          stdio: 'inherit',
        }),
      );
      const exits = await Promise.all(children.map((child) => once(child, 'exit')));
      assert.deepEqual(exits, Array(3).fill([0, null]));
      const keys = await openStoredKeys(store, id, new Date(start));
      assert.deepEqual(
        keys.list(new Date(start)).map(({ state, signsUntil }) => [state, signsUntil]),
        [['current', undefined]],
      );
      assert.equal(value(await store.keys.list(id)).filter(({ status }) => status === 'in-ring').length, 1);
    });
  });
}
