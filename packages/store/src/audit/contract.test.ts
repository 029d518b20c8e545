/** The audit record, the same suite on every database. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type CreateDatabase, createOnPostgres, createSqlite } from '../testing/backends.ts';
import { sharedPostgres } from '../testing/shared-postgres.ts';
import { type Audit, openAudit } from './audit.ts';
import type { AuditEntry } from './entry.ts';
import type { AuditQuery } from './query.ts';

const { server, skip } = await sharedPostgres();
after(() => server?.dispose());

const start = 1_790_000_000_000;

function entry(overrides: Partial<AuditEntry> = {}): AuditEntry {
  return { atMs: start, operation: 'attest', requestId: 'r-1', verdict: 'allowed', ...overrides };
}

async function requireFound(audit: Audit, query: AuditQuery): Promise<string[]> {
  const outcome = await audit.query(query);
  if (!outcome.ok) throw new Error(outcome.refusal.why);
  return outcome.value.entries.map(({ requestId }) => requestId);
}

async function refused(audit: Audit, query: AuditQuery): Promise<string> {
  const outcome = await audit.query(query);
  return outcome.ok ? 'found' : outcome.refusal.code;
}

function auditContract(create: CreateDatabase): void {
  test('returns an entry with every member as it was recorded', async () => {
    await using database = await create();
    const audit = openAudit((await database.open()).audit);
    const full: AuditEntry = {
      atMs: start + 7,
      operation: 'attest',
      requestId: "r-'; drop table audit; --",
      verdict: 'refused',
      provider: 'contoso',
      attestationType: 'SgxEnclave',
      caller: 'ünïcode 🔑 \\ " \n',
      address: '2001:db8::1',
      code: 'pck-revoked',
      refusedAt: 'quote+436',
      evidenceDigest: 'e',
      policyDigest: 'p',
      policyVersion: 3,
      tokenId: 't',
      detail: '{"a":1}',
    };
    await audit.record(full);
    await audit.record(entry());
    const outcome = await audit.query({});
    assert.ok(outcome.ok);
    const [newest, oldest] = outcome.value.entries;
    assert.deepEqual(newest, { ...full, id: newest?.id });
    assert.deepEqual(oldest, { ...entry(), id: oldest?.id });
    assert.equal(outcome.value.next, undefined);
  });

  test('finds entries by each filter alone and by several together', async () => {
    await using database = await create();
    const audit = openAudit((await database.open()).audit);
    const marks: Partial<AuditEntry>[] = [
      { provider: 'contoso', caller: 'alice', tokenId: 't-1' },
      { provider: 'contoso', caller: 'bob', verdict: 'refused', code: 'tcb-out-of-date' },
      { provider: 'fabrikam', caller: 'alice', verdict: 'failed', code: 'store-unavailable' },
      { provider: 'contoso', operation: 'set-policy', caller: 'alice' },
    ];
    for (const [index, mark] of marks.entries()) {
      await audit.record(entry({ atMs: start + index, requestId: `r-${index}`, ...mark }));
    }
    const expected: [AuditQuery, string[]][] = [
      [{}, ['r-3', 'r-2', 'r-1', 'r-0']],
      [{ provider: 'contoso' }, ['r-3', 'r-1', 'r-0']],
      [{ caller: 'alice' }, ['r-3', 'r-2', 'r-0']],
      [{ operation: 'set-policy' }, ['r-3']],
      [{ verdict: 'refused' }, ['r-1']],
      [{ code: 'store-unavailable' }, ['r-2']],
      [{ tokenId: 't-1' }, ['r-0']],
      [{ requestId: 'r-2' }, ['r-2']],
      [{ fromMs: start + 2 }, ['r-3', 'r-2']],
      [{ beforeMs: start + 2 }, ['r-1', 'r-0']],
      [{ fromMs: start + 1, beforeMs: start + 3 }, ['r-2', 'r-1']],
      [{ provider: 'contoso', caller: 'alice', beforeMs: start + 3 }, ['r-0']],
      [{ caller: "' or 1=1 --" }, []],
      [{ provider: '%' }, []],
    ];
    for (const [query, ids] of expected) assert.deepEqual(await requireFound(audit, query), ids, JSON.stringify(query));
  });

  test('pages through entries without gap or repetition while others are recorded and removed', async () => {
    await using database = await create();
    const audit = openAudit((await database.open()).audit);
    const record = (from: number, to: number) =>
      Promise.all(
        Array.from({ length: to - from }, (_, index) =>
          audit.record(entry({ atMs: start + ((from + index) >> 2), requestId: String(from + index) })),
        ),
      );
    await record(0, 100);
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const outcome = await audit.query({ cursor, limit: 30 });
      assert.ok(outcome.ok);
      pages.push(outcome.value.entries.map(({ requestId }) => requestId));
      cursor = outcome.value.next;
      await record(100 + pages.length, 101 + pages.length);
      await audit.removeExpired(start + 2);
    } while (cursor !== undefined);
    assert.deepEqual(
      pages.map(({ length }) => length),
      [30, 30, 30, 2],
    );
    assert.deepEqual(
      pages
        .flat()
        .map(Number)
        .sort((a, b) => b - a),
      Array.from({ length: 92 }, (_, index) => 99 - index),
    );
  });

  test('removes only the entries that are older than the given time', async () => {
    await using database = await create();
    const audit = openAudit((await database.open()).audit);
    const writes = Array.from({ length: 4500 }, (_, index) =>
      audit.record(entry({ atMs: start + index, requestId: String(index) })),
    );
    await Promise.all(writes);
    assert.deepEqual(await audit.removeExpired(start + 4499), { ok: true, value: 4499 });
    assert.deepEqual(await requireFound(audit, {}), ['4499']);
    assert.deepEqual(await audit.removeExpired(start), { ok: true, value: 0 });
  });

  test('stores a row once, however often it is appended', async () => {
    await using database = await create();
    const store = await database.open();
    const audit = openAudit(store.audit);
    await audit.record(entry());
    const [row] = (await store.audit.scan({}, { limit: 1, scanRows: 10 })).rows;
    assert.ok(row);
    await store.audit.append([
      { ...row, request_id: 'another' },
      { ...row, id: `${row.id.slice(0, -1)}f` },
    ]);
    assert.deepEqual(await requireFound(audit, {}), ['r-1', 'r-1']);
  });

  test('records entries with characters that a database cannot store', async () => {
    await using database = await create();
    const audit = openAudit((await database.open()).audit);
    await audit.record(entry({ requestId: 'a\0b', caller: '\udfff' }));
    assert.deepEqual(await requireFound(audit, { requestId: 'a\ufffdb' }), ['a\ufffdb']);
  });

  test('refuses a query with a forged cursor, a wrong page size, time or text: audit-query-invalid', async () => {
    await using database = await create();
    const audit = openAudit((await database.open()).audit);
    const wrong: AuditQuery[] = [
      { cursor: "' or 1=1" },
      { limit: 0 },
      { limit: 1001 },
      { limit: 1.5 },
      { fromMs: -1 },
      { beforeMs: 2 ** 48 },
      { fromMs: Number.NaN },
      { caller: 'a\0' },
    ];
    for (const query of wrong) assert.equal(await refused(audit, query), 'audit-query-invalid', JSON.stringify(query));
  });

  test('refuses to read, to remove and to record after the store is closed: audit-unavailable', async () => {
    await using database = await create();
    const store = await database.open();
    await openAudit(store.audit).record(entry());
    const audit = openAudit(store.audit, { timeoutMs: 30 });
    await store.close();
    assert.equal(await refused(audit, {}), 'audit-unavailable');
    const removed = await audit.removeExpired(0);
    assert.ok(!removed.ok && removed.refusal.code === 'audit-unavailable');
    await assert.rejects(audit.record(entry()), /audit-unavailable/);
  });
}

describe('the audit record on SQLite', () => auditContract(createSqlite));
describe('the audit record on PostgreSQL', { skip }, () =>
  auditContract(() => (server === undefined ? Promise.reject(new Error('no server')) : createOnPostgres(server))),
);
