/** What happens when a store is opened: by several processes at once, where there is none, where it cannot be. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Refused } from '@atesto/core';
import type { WriteRequest } from './sqlite/answer-requests.ts';
import { SqliteThread } from './sqlite/thread.ts';
import { openStore } from './store.ts';
import { createOnPostgres, createSqlite, integrityKey, type TestDatabase, value } from './testing/backends.ts';
import { sharedPostgres } from './testing/shared-postgres.ts';

const { server, skip } = await sharedPostgres();
after(() => server?.dispose());
const directory = mkdtempSync(join(tmpdir(), 'atesto-opening-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const opener = fileURLToPath(new URL('./testing/opening-process.ts', import.meta.url));

async function openInProcesses(database: TestDatabase, count: number): Promise<void> {
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [opener, JSON.stringify(database.options)], { stdio: 'inherit' }),
  );
  const exits = await Promise.all(children.map((child) => once(child, 'exit')));
  assert.deepEqual(
    exits,
    children.map(() => [0, null]),
  );
  const versions = await database.sql('select version from schema_version order by version');
  assert.deepEqual(
    versions.map(({ version }) => version),
    [1, 2, 3, 4, 5],
  );
  assert.equal(value(await (await database.open()).check()).revision, 0);
}

async function refusalOf(opening: Promise<unknown>): Promise<Refused> {
  try {
    await opening;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error('it was opened');
}

describe('opening a store', () => {
  test('migrates an empty SQLite file once when three processes open it at the same time', async () => {
    for (let round = 0; round < 3; round += 1) {
      await using database = await createSqlite();
      await openInProcesses(database, 3);
    }
  });

  test('migrates an empty PostgreSQL database once when three processes open it at the same time', {
    skip,
  }, async () => {
    assert.ok(server);
    for (let round = 0; round < 3; round += 1) {
      await using database = await createOnPostgres(server);
      await openInProcesses(database, 3);
    }
  });

  test('creates a SQLite file that only its owner can read', async () => {
    const path = join(directory, 'private.sqlite');
    const store = await openStore({ kind: 'sqlite', path, integrityKey });
    assert.deepEqual(
      ['', '-wal', '-shm'].map((end) => statSync(path + end).mode & 0o777),
      [0o600, 0o600, 0o600],
    );
    await store.close();
  });

  test('refuses a SQLite file in a directory that does not exist: store-unavailable', async () => {
    const path = join(directory, 'missing', 'store.sqlite');
    const { refusal } = await refusalOf(openStore({ kind: 'sqlite', path, integrityKey }));
    assert.deepEqual(refusal, {
      code: 'store-unavailable',
      where: 'database',
      why: 'the database file cannot be opened',
    });
  });

  test('refuses a file that is not a database and leaves it alone: store-unavailable', async () => {
    const path = join(directory, 'text.sqlite');
    writeFileSync(path, 'this is a text and no database, and it is long enough to be looked at'.repeat(20));
    const { refusal } = await refusalOf(openStore({ kind: 'sqlite', path, integrityKey }));
    assert.deepEqual([refusal.code, refusal.why], ['store-unavailable', 'the file is not a database']);
  });

  test('refuses a server that does not answer, without naming the password: store-unavailable', async () => {
    const connectionString = 'postgres://someone:s3cr3t-password@127.0.0.1:1/none';
    const error = await refusalOf(openStore({ kind: 'postgres', connectionString, integrityKey }));
    assert.deepEqual(error.refusal, {
      code: 'store-unavailable',
      where: 'database',
      why: 'the database answered ECONNREFUSED',
    });
  });

  test('refuses a wrong password and a missing database: store-unavailable', { skip }, async () => {
    assert.ok(server);
    const right = await server.createDatabase();
    const wrongPassword = right.replace(/:[^:@]+@/, ':s3cr3t-guess@');
    const wrongDatabase = right.replace(/\/[^/]*$/, '/no_such_database');
    for (const [connectionString, state] of [
      [wrongPassword, '28P01'],
      [wrongDatabase, '3D000'],
    ] as const) {
      const error = await refusalOf(openStore({ kind: 'postgres', connectionString, integrityKey }));
      assert.deepEqual(
        [error.refusal.code, error.refusal.why],
        ['store-unavailable', `the database answered ${state}`],
      );
    }
  });

  test('refuses rows each time when the writer thread cannot open the file: store-unavailable', async () => {
    const writer = new SqliteThread<WriteRequest>('writer', join(directory, 'missing', 'store.sqlite'));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const { refusal } = await refusalOf(writer.ask([{ sql: 'select 1', rows: [[]] }]));
      assert.deepEqual([refusal.code, refusal.where], ['store-unavailable', 'writer thread']);
    }
    await writer.close();
  });
});
