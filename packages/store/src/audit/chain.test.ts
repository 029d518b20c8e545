/** Who changes audit rows behind the service's back is noticed, on every database, with two instances that write at once. */

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Refused } from '@atesto/core';
import { type CreateDatabase, createOnPostgres, createSqlite, type TestDatabase } from '../testing/backends.ts';
import { sharedPostgres } from '../testing/shared-postgres.ts';
import { stateDirectory } from '../testing/test-store.ts';
import { type Audit, openAudit } from './audit.ts';
import type { AuditFinding, AuditStep } from './chain-walk.ts';
import type { AuditRows } from './rows/rows.ts';
import { withSpool } from './spool.ts';

const { server, skip } = await sharedPostgres();
after(() => server?.dispose());

const start = 1_790_000_000_000;

/** Two instances on one database that have each written ten entries, and ended in order. */
interface Written {
  readonly database: TestDatabase;
  readonly audit: Audit;
  /** The writers of the entries, in the order of their names. */
  readonly writers: readonly string[];
  /** What a verification of the whole record finds. */
  findings(): Promise<string[]>;
}

async function entries(audit: Audit, count: number, from = 0): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => from + index);
  await Promise.all(
    numbers.map((number) =>
      audit.record({ atMs: start + number, operation: 'attest', requestId: `r-${number}`, verdict: 'allowed' }),
    ),
  );
}

async function verified(audit: Audit, rowsPerStep?: number): Promise<{ rows: number; findings: AuditFinding[] }> {
  const steps: AuditStep[] = [];
  let cursor: string | undefined;
  do {
    const outcome = await audit.verify(cursor, rowsPerStep);
    if (!outcome.ok) throw new Error(outcome.refusal.why);
    steps.push(outcome.value);
    cursor = outcome.value.next;
  } while (cursor !== undefined);
  return { rows: steps.reduce((sum, { rows }) => sum + rows, 0), findings: steps.flatMap(({ findings }) => findings) };
}

function shown(writers: readonly string[], { code, writer, sequence, through }: AuditFinding): string {
  const name = writer === 'heads' ? writer : `writer ${writers.indexOf(writer)}`;
  return `${code} ${name} ${sequence}${through === undefined ? '' : `-${through}`}`;
}

async function written(create: CreateDatabase): Promise<Written> {
  const database = await create();
  const [one, two] = [openAudit((await database.open()).audit), openAudit((await database.open()).audit)];
  await Promise.all([entries(one, 10), entries(two, 10, 100)]);
  await Promise.all([one.close(), two.close()]);
  const found = await database.sql('select distinct substr(id, 13, 16) as writer from audit order by 1');
  const writers = found.map(({ writer }) => String(writer));
  const audit = openAudit((await database.open()).audit);
  const findings = async (): Promise<string[]> =>
    (await verified(audit)).findings.map((finding) => shown(writers, finding));
  // As the service does when it starts: what it has seen cannot be taken back unnoticed.
  assert.deepEqual(await findings(), []);
  return { database, audit, writers, findings };
}

function positionIs(writer: string, sequence: number): string {
  return `substr(id, 13) = '${writer}${sequence.toString(16).padStart(8, '0')}'`;
}

function chainContract(create: CreateDatabase): void {
  test('chains that two instances write at once verify without findings, in one step or in many', async () => {
    const { database, audit } = await written(create);
    await using _ = database;
    assert.deepEqual(await verified(audit), { rows: 20, findings: [] });
    assert.deepEqual(await verified(audit, 3), { rows: 20, findings: [] });
  });

  const attacks: [name: string, attack: (written: Written) => Promise<unknown>, expected: string[]][] = [
    [
      'a changed entry',
      ({ database, writers: [first = ''] }) =>
        database.sql(`update audit set verdict = 'refused' where ${positionIs(first, 4)}`),
      ['audit-row-changed writer 0 4'],
    ],
    [
      'an entry whose time was changed with its id',
      ({ database, writers: [first = ''] }) =>
        database.sql(`update audit set id = '000000000001' || substr(id, 13), at_ms = 1 where ${positionIs(first, 4)}`),
      ['audit-row-changed writer 0 4'],
    ],
    [
      'a deleted entry',
      ({ database, writers: [first = ''] }) => database.sql(`delete from audit where ${positionIs(first, 4)}`),
      ['audit-row-missing writer 0 4'],
    ],
    [
      'the deleted newest entries of a writer',
      ({ database, writers: [, second = ''] }) =>
        database
          .sql(`delete from audit where substr(id, 13) > '${second}00000008'`)
          .then(() => database.sql('select 1')),
      ['audit-row-missing writer 1 9-10'],
    ],
    [
      'the deleted first entries of a writer',
      ({ database, writers: [first = ''] }) =>
        database.sql(`delete from audit where substr(id, 13) < '${first}00000003'`),
      ['audit-row-missing writer 0 1-2'],
    ],
    [
      'all entries of a writer deleted',
      ({ database, writers: [first = ''] }) => database.sql(`delete from audit where substr(id, 13, 16) = '${first}'`),
      ['audit-row-missing writer 0 1-10'],
    ],
    [
      'all entries of a writer deleted with the heads that tell of it',
      async ({ database, writers: [first = ''] }) => {
        await database.sql(`delete from audit where substr(id, 13, 16) = '${first}'`);
        await database.sql(`delete from audit_heads where writer = '${first}'`);
      },
      ['audit-head-invalid'],
    ],
    [
      'two entries that changed places',
      async ({ database, writers: [first = ''] }) => {
        const [a, b] = [positionIs(first, 4), positionIs(first, 5)];
        await database.sql(`update audit set id = substr(id, 1, 12) || '${'f'.repeat(24)}' where ${a}`);
        await database.sql(`update audit set id = substr(id, 1, 12) || '${first}00000004' where ${b}`);
        await database.sql(
          `update audit set id = substr(id, 1, 12) || '${first}00000005' where substr(id, 13) = '${'f'.repeat(24)}'`,
        );
      },
      ['audit-row-changed writer 0 4', 'audit-row-changed writer 0 5', 'audit-row-changed writer 0 6'],
    ],
    [
      'a forged entry of an unknown writer',
      async ({ database }) => {
        await database.sql(forged(`'00000000000a' || '${'0'.repeat(16)}' || '00000001'`));
        await database.sql(forged(`'00000000000a' || '${'f'.repeat(16)}' || '00000002'`));
      },
      ['audit-row-inserted writer -1 1', 'audit-row-inserted writer -1 2'],
    ],
    [
      'a forged entry at the place of another, whichever comes first',
      async ({ database, writers: [first = ''] }) => {
        await database.sql(forged(`'000000000001' || '${first}' || '00000003'`));
        await database.sql(forged(`'ffffffffffff' || '${first}' || '00000005'`));
      },
      ['audit-row-inserted writer 0 3', 'audit-row-inserted writer 0 5'],
    ],
    [
      'a forged entry at the end of a chain',
      ({ database, writers: [first = ''] }) => database.sql(forged(`'ffffffffffff' || '${first}' || '0000000b'`)),
      ['audit-row-changed writer 0 11'],
    ],
    [
      'a changed head',
      ({ database }) => database.sql(`update audit_heads set through = 0 where kind = 'reached'`),
      ['audit-head-invalid'],
    ],
  ];
  for (const [name, attack, expected] of attacks) {
    test(`verification reports ${name}, with writer and position`, async () => {
      const record = await written(create);
      await using _ = record.database;
      await attack(record);
      const found = await record.findings();
      const isOfHeads = expected.every((one) => one === 'audit-head-invalid');
      assert.deepEqual(isOfHeads ? [...new Set(found.map((one) => one.split(' ')[0]))] : found, expected);
    });
  }

  test('verification reports entries and heads that were rolled back, while an instance that saw them is running', async () => {
    const { database, audit, findings } = await written(create);
    await using _ = database;
    assert.deepEqual(await findings(), []);
    await entries(audit, 5, 200);
    await audit.close();
    const [{ last } = {}] = await database.sql('select max(sequence) as last from audit_heads');
    await database.sql(`delete from audit_heads where sequence = ${last}`);
    assert.deepEqual((await findings()).at(0), `audit-head-invalid heads ${last}`);
  });

  test('expired entries are removed with a head that says so, and verification reports nothing missing', async () => {
    const { database, audit, writers, findings } = await written(create);
    await using _ = database;
    assert.deepEqual(await audit.removeExpired(start + 4), { ok: true, value: 4 });
    assert.deepEqual(await findings(), []);
    assert.deepEqual(await audit.removeExpired(start + 1000), { ok: true, value: 16 });
    assert.deepEqual(await verified(audit), { rows: 0, findings: [] });
    const heads = await database.sql(
      `select writer, through, detail from audit_heads where kind = 'removed' order by sequence`,
    );
    assert.deepEqual(
      heads.map(({ through, detail }) => [Number(through), JSON.parse(String(detail)).count]),
      [[4, 4], ...writers.map((writer) => [10, writer === String(heads[0]?.writer) ? 6 : 10])],
    );
  });

  test('spooled entries that another process writes late verify without findings', async () => {
    await using database = await create();
    const store = await database.open();
    const directory = join(stateDirectory(), 'spool');
    let isAway = false;
    const rows: AuditRows = {
      seal: store.audit.seal,
      chains: store.audit.chains,
      append: async (some) => {
        if (isAway) throw new Refused({ code: 'store-unavailable', where: 'database', why: 'it is away' });
        await store.audit.append(some);
      },
      scan: (filter, bounds) => store.audit.scan(filter, bounds),
      remove: (beforeMs, limit, retention) => store.audit.remove(beforeMs, limit, retention),
      vouch: () => store.audit.vouch(),
    };
    const spool = withSpool(rows, { directory, timeoutMs: 60_000 });
    const audit = openAudit(spool);
    await entries(audit, 5);
    isAway = true;
    await entries(audit, 5, 10);
    await entries(audit, 5, 20);
    await audit.close();
    await spool.close();
    const reader = openAudit(store.audit);
    assert.deepEqual(await verified(reader), { rows: 5, findings: [] });
    isAway = false;
    const { promise, resolve } = Promise.withResolvers<number>();
    const next = withSpool(rows, { directory, onDrained: resolve });
    assert.equal(await promise, 10);
    await next.close();
    assert.deepEqual(await verified(reader), { rows: 15, findings: [] });
  });

  test('verification reports an entry that was put back after its removal, or removed without a head', async () => {
    const { database, audit } = await written(create);
    await using _ = database;
    const [{ id, writer } = {}] = await database.sql(
      `select id, substr(id, 13, 16) as writer from audit where request_id = 'r-0'`,
    );
    await audit.removeExpired(start + 4);
    await database.sql(forged(`'${id}'`));
    const found = (await verified(audit)).findings.map((finding) => [finding.code, finding.writer, finding.sequence]);
    assert.deepEqual(found, [['audit-row-inserted', writer, 1]]);
  });

  test('removal stops before an entry that does not fit its chain', async () => {
    const { database, audit, findings } = await written(create);
    await using _ = database;
    await database.sql(`update audit set caller = 'nobody' where request_id = 'r-2'`);
    const removed = await audit.removeExpired(start + 50);
    assert.equal(removed.ok && removed.value < 4, true);
    assert.match(String(await findings()), /^audit-row-changed writer \d \d+$/);
  });
}

function forged(id: string): string {
  return `insert into audit (id, at_ms, operation, request_id, verdict, link)
    values (${id}, 10, 'attest', 'forged', 'allowed', 'forged')`;
}

describe('the audit chains on SQLite', () => chainContract(createSqlite));
describe('the audit chains on PostgreSQL', { skip }, () =>
  chainContract(() => (server === undefined ? Promise.reject(new Error('no server')) : createOnPostgres(server))),
);
