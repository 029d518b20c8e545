/** Counts the rows that an audit query reads, on every database. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type CreateDatabase, createOnPostgres, createSqlite } from '../testing/backends.ts';
import { sharedPostgres } from '../testing/shared-postgres.ts';
import { openAudit } from './audit.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import type { AuditEntry } from './entry.ts';
import type { AuditFilter } from './rows/query.ts';

const { server, skip } = await sharedPostgres();
after(() => server?.dispose());

const start = 1_790_000_000_000;
const count = 3000;

/** Most rows are allowed attest calls of one provider and caller; the first of all is the rare one. */
function entryAt(index: number): AuditEntry {
  const rare = index === 0;
  return {
    atMs: start + index,
    operation: rare ? 'set-policy' : 'attest',
    requestId: `r-${index}`,
    verdict: rare ? 'refused' : 'allowed',
    provider: rare ? 'fabrikam' : 'contoso',
    caller: rare ? 'eve' : 'service',
    ...(rare ? { code: 'role-missing' } : { tokenId: `t-${index}` }),
  };
}

function queryContract(create: CreateDatabase): void {
  test('finds a rare entry behind thousands of others by any filter without scanning those', async () => {
    await using database = await create();
    const store = await database.open();
    const audit = openAudit(store.audit);
    await Promise.all(Array.from({ length: count }, (_, index) => audit.record(entryAt(index))));
    const rare: AuditFilter[] = [
      { operation: 'set-policy' },
      { verdict: 'refused' },
      { code: 'role-missing' },
      { caller: 'eve' },
      { provider: 'fabrikam' },
      { requestId: 'r-0' },
      { provider: 'fabrikam', verdict: 'refused' },
      { provider: 'fabrikam', operation: 'set-policy', verdict: 'refused', caller: 'eve', code: 'role-missing' },
      { verdict: 'refused', caller: 'eve', fromMs: start, beforeMs: start + count },
      { operation: 'set-policy', caller: 'service' },
      { provider: 'contoso', verdict: 'refused' },
      { provider: 'contoso', code: 'role-missing' },
    ];
    for (const filter of rare) {
      const { scanned } = await store.audit.scan(filter, { limit: 10, scanRows: 100_000 });
      assert.ok(scanned <= 1, `${JSON.stringify(filter)} looked at ${scanned} rows`);
    }
    assert.equal((await store.audit.scan({ tokenId: 't-5' }, { limit: 10, scanRows: 100_000 })).scanned, 1);
    const dense = await store.audit.scan({ provider: 'contoso' }, { limit: 10, scanRows: 100_000 });
    assert.deepEqual([dense.rows.length, dense.scanned], [10, 11]);
  });

  test('ends a page after a number of scanned rows, and continues from there', async () => {
    await using database = await create();
    const store = await database.open();
    const audit = openAudit(store.audit);
    await Promise.all(Array.from({ length: count }, (_, index) => audit.record(entryAt(index))));
    const steps: number[] = [];
    let below: string | undefined;
    do {
      const step = await store.audit.scan(
        { caller: 'service', provider: 'fabrikam' },
        { below, limit: 5, scanRows: 1000 },
      );
      assert.deepEqual(step.rows, []);
      steps.push(step.scanned);
      below = step.next;
    } while (below !== undefined);
    assert.deepEqual(steps, [1000, 1000, 999]);
  });
}

describe('audit queries on SQLite', () => queryContract(createSqlite));
describe('audit queries on PostgreSQL', { skip }, () =>
  queryContract(() => (server === undefined ? Promise.reject(new Error('no server')) : createOnPostgres(server))),
);

test('a limited number of reads run, a limited number wait, and others are refused: audit-busy', async () => {
  const limit = new ConcurrencyLimit({ running: 1, waiting: 1 });
  const first = Promise.withResolvers<void>();
  const done: string[] = [];
  const pass = (name: string, work: Promise<void> = Promise.resolve()) =>
    limit.run(async () => {
      done.push(`${name} begins`);
      await work;
      return { ok: true, value: name };
    });
  const [one, two, three] = [pass('one', first.promise), pass('two'), await pass('three')];
  assert.equal(!three.ok && three.refusal.code, 'audit-busy');
  assert.deepEqual(done, ['one begins']);
  first.resolve();
  assert.deepEqual(await Promise.all([one, two]), [
    { ok: true, value: 'one' },
    { ok: true, value: 'two' },
  ]);
  assert.deepEqual(await pass('four'), { ok: true, value: 'four' });
});
