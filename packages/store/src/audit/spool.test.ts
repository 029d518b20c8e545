import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Refused } from '@atesto/core';
import type { AuditRow } from '../database/schema.ts';
import { rowsOver } from '../testing/audit.ts';
import { stateDirectory } from '../testing/test-store.ts';
import { contentOf } from './entry.ts';
import { AuditSeal } from './rows/chain.ts';
import { type SpooledRows, type SpoolOptions, withSpool } from './spool.ts';
import { WriterChains } from './writer-chains.ts';

const chains = new WriterChains(new AuditSeal(new Uint8Array(32)));
const row = (requestId: string): AuditRow => {
  const content = contentOf({ atMs: 1_790_000_000_000, operation: 'attest', requestId, verdict: 'allowed' });
  const [sealed] = chains.sealed([{ content, retention: 'kept' }]);
  return sealed ?? assert.fail();
};

/** A database that can be taken away; what it holds, by id. */
class Database {
  readonly rows = new Map<string, AuditRow>();
  away = false;
  /** Whether it takes a connection and never answers. */
  silent = false;

  open(options: SpoolOptions): SpooledRows {
    const append = async (rows: readonly AuditRow[]): Promise<void> => {
      if (this.silent) await new Promise(() => {});
      if (this.away) throw new Refused({ code: 'store-unavailable', where: 'database', why: 'it is away' });
      for (const one of rows) if (!this.rows.has(one.id)) this.rows.set(one.id, one);
    };
    return withSpool(rowsOver(append), { retryMs: 5, ...options });
  }

  get requests(): string[] {
    return [...this.rows.values()].map(({ request_id: id }) => id).sort();
  }
}

/** Options whose drained rows can be waited for. */
function options(): SpoolOptions & { readonly drained: Promise<number>; readonly damaged: string[] } {
  const { promise, resolve } = Promise.withResolvers<number>();
  const damaged: string[] = [];
  return {
    directory: join(stateDirectory(), 'spool'),
    onDrained: resolve,
    onDamaged: (path) => damaged.push(path),
    drained: promise,
    damaged,
  };
}

test('writes only to the database while it is available', async () => {
  const database = new Database();
  const some = options();
  const rows = database.open(some);
  await rows.append([row('a'), row('b')]);
  assert.deepEqual(database.requests, ['a', 'b']);
  assert.throws(() => readdirSync(some.directory), { code: 'ENOENT' });
  await rows.close();
});

test('keeps rows in a private file while the database is down, and writes them when it is back', async () => {
  const database = new Database();
  const some = options();
  const rows = database.open(some);
  database.away = true;
  await rows.append([row('a')]);
  await rows.append([row('b'), row('c')]);
  assert.deepEqual(database.requests, []);
  for (const name of readdirSync(some.directory)) {
    assert.equal(statSync(join(some.directory, name)).mode & 0o777, 0o600);
  }
  database.away = false;
  assert.equal(await some.drained, 3);
  assert.deepEqual(database.requests, ['a', 'b', 'c']);
  await rows.append([row('d')]);
  assert.deepEqual(database.requests, ['a', 'b', 'c', 'd']);
  await rows.close();
  assert.deepEqual(readdirSync(some.directory), []);
});

test('does not wait for a database that never answers', async () => {
  const database = new Database();
  const some = options();
  const rows = database.open({ ...some, timeoutMs: 20 });
  database.silent = true;
  await rows.append([row('a')]);
  assert.equal(readdirSync(some.directory).length, 1);
});

test('writes the rows that an ended process left, except a line that was cut off', async () => {
  const database = new Database();
  const some = options();
  mkdirSync(some.directory);
  const lines = `${JSON.stringify(row('a'))}\n${JSON.stringify(row('b'))}\n{"id":"0199`;
  writeFileSync(join(some.directory, 'left.jsonl'), lines);
  const rows = database.open(some);
  assert.equal(await some.drained, 2);
  assert.deepEqual(database.requests, ['a', 'b']);
  assert.deepEqual(some.damaged, []);
  await rows.close();
});

test('keeps waiting rows across a restart during an outage', async () => {
  const database = new Database();
  const some = options();
  const first = database.open(some);
  database.away = true;
  await first.append([row('a')]);
  await first.close();
  database.away = false;
  const second = database.open(some);
  assert.equal(await some.drained, 1);
  assert.deepEqual(database.requests, ['a']);
  await second.close();
});

test('keeps a file with malformed lines, writes its valid rows, and reports it', async () => {
  const database = new Database();
  const some = options();
  mkdirSync(some.directory);
  writeFileSync(join(some.directory, 'odd.jsonl'), `${JSON.stringify(row('a'))}\n{"id":1}\nnothing\n`);
  const rows = database.open(some);
  await some.drained;
  await rows.close();
  assert.deepEqual(database.requests, ['a']);
  assert.match(readFileSync(some.damaged[0] ?? assert.fail(), 'utf8'), /nothing/);
});

test('loses no row when two processes share the directory', async () => {
  const database = new Database();
  const directory = join(stateDirectory(), 'spool');
  const [one, two] = [database.open({ directory, retryMs: 1 }), database.open({ directory, retryMs: 1 })];
  const names = Array.from({ length: 200 }, (_, index) => `r${String(index).padStart(3, '0')}`);
  for (const [index, name] of names.entries()) {
    database.away = index % 7 < 4;
    await (index % 2 === 0 ? one : two).append([row(name)]);
  }
  database.away = false;
  await Promise.all([one.close(), two.close()]);
  const last = database.open({ directory });
  await last.close();
  assert.deepEqual(database.requests, names);
});

test('reports a fault that is not an outage of the database', async () => {
  const faults: unknown[] = [];
  const directory = join(stateDirectory(), 'spool');
  mkdirSync(join(directory, 'folder.jsonl'), { recursive: true });
  const database = new Database();
  const rows = database.open({ directory, onFault: (error) => faults.push(error) });
  await rows.close();
  assert.match(String(faults[0]), /EISDIR/);
});

test('refuses rows when the spool file is full', async () => {
  const database = new Database();
  const some = options();
  const rows = database.open({ ...some, maxBytes: 600 });
  database.away = true;
  await rows.append([row('a')]);
  await assert.rejects(rows.append([row('b'), row('c')]), { name: 'Refused' });
  database.away = false;
  assert.equal(await some.drained, 1);
  await rows.append([row('b'), row('c')]);
  assert.deepEqual(database.requests, ['a', 'b', 'c']);
  await rows.close();
});
