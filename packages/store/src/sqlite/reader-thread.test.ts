/** The thread that reads audit rows from SQLite. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { stateDirectory } from '../testing/test-store.ts';
import { SqliteThread } from './thread.ts';

const { PRIORITY_BELOW_NORMAL, PRIORITY_NORMAL } = constants.priority;

/** How many threads of this process have a priority. */
function threadsWith(priority: number): number {
  return readdirSync('/proc/self/task').filter((thread) => getPriority(Number(thread)) === priority).length;
}

test('the thread that reads has a lower priority than the event loop and the thread that writes', {
  skip: process.platform === 'linux' ? false : 'priorities of threads exist on Linux only',
}, async () => {
  const path = join(stateDirectory(), 'store.sqlite');
  new DatabaseSync(path).close();
  const below = threadsWith(PRIORITY_BELOW_NORMAL);
  const writer = new SqliteThread('writer', path);
  await writer.ask([{ sql: 'create table t (a)', rows: [[]] }]);
  assert.equal(threadsWith(PRIORITY_BELOW_NORMAL), below);
  const reader = new SqliteThread('reader', path);
  assert.deepEqual(await reader.ask({ sql: 'select 1 as one', parameters: [] }), [{ one: 1 }]);
  assert.equal(threadsWith(PRIORITY_BELOW_NORMAL), below + 1);
  assert.equal(getPriority(process.pid), PRIORITY_NORMAL);
  await Promise.all([writer.close(), reader.close()]);
});
