/** A store on PostgreSQL whose server restarts, whose connections drop, or that is cut off. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { type Audit, openAudit } from '../audit/audit.ts';
import type { Store } from '../store.ts';
import { code, createOnPostgres, origin, type TestDatabase, value } from '../testing/backends.ts';
import { startPostgres } from '../testing/postgres-server.ts';

const { server, skip } = await startPostgres();
after(() => server?.dispose());

/** So long that nothing but the mechanism under test can have caused a look at the feed. */
const never = 3_600_000;

function createDatabase(): Promise<TestDatabase> {
  return server === undefined ? Promise.reject(new Error('no server')) : createOnPostgres(server);
}

/** Collects the revisions that a store tells, and waits for one of them. */
class Told {
  readonly revisions: number[] = [];
  #wanted = 0;
  #reached = Promise.withResolvers<void>();

  constructor(store: Store) {
    store.changes.subscribe(({ revision }) => {
      this.revisions.push(revision);
      if (revision >= this.#wanted) this.#reached.resolve();
    });
  }

  async reach(revision: number): Promise<void> {
    if ((this.revisions.at(-1) ?? 0) >= revision) return;
    this.#wanted = revision;
    this.#reached = Promise.withResolvers();
    await this.#reached.promise;
  }
}

/** Makes changes one after the other until told to end; what was acknowledged, and how often the store was away. */
class Changing implements AsyncDisposable {
  readonly acknowledged: number[] = [];
  refusals = 0;
  #ended = false;
  #waiting: { enough(): boolean; resolve(): void }[] = [];
  readonly #done: Promise<void>;

  constructor(store: Store) {
    this.#done = this.#run(store);
  }

  until(enough: () => boolean): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ enough, resolve }));
  }

  end(): Promise<void> {
    this.#ended = true;
    return this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }

  async #run(store: Store): Promise<void> {
    for (let index = 1; !this.#ended; index += 1) {
      const outcome = await store.settings.set('counter', index, origin());
      if (outcome.ok) this.acknowledged.push(index);
      else {
        assert.equal(outcome.refusal.code, 'store-unavailable');
        this.refusals += 1;
      }
      for (const { resolve } of this.#waiting.filter(({ enough }) => enough())) resolve();
      this.#waiting = this.#waiting.filter(({ enough }) => !enough());
    }
  }
}

describe('the store on PostgreSQL', { skip }, () => {
  test('loses no acknowledged change and reports each once, in order, while the server restarts twice', async () => {
    await using database = await createDatabase();
    const writer = await database.open();
    const reader = await database.open();
    const told = new Told(reader);
    await using changing = new Changing(writer);
    for (let restart = 1; restart <= 2; restart += 1) {
      const { acknowledged, refusals } = changing;
      const before = acknowledged.length;
      await changing.until(() => acknowledged.length >= before + 20);
      await server?.stop();
      await changing.until(() => changing.refusals > refusals);
      await server?.start();
      const down = acknowledged.length;
      await changing.until(() => acknowledged.length >= down + 20);
    }
    await changing.end();
    const rows = await database.sql(`select content from documents where name = 'counter'`);
    const stored = rows.map(({ content }) => Number(content));
    assert.deepEqual(
      changing.acknowledged.filter((index) => !stored.includes(index)),
      [],
    );
    await told.reach(stored.length);
    assert.deepEqual(
      told.revisions,
      Array.from({ length: stored.length }, (_, index) => index + 1),
    );
    assert.equal(value(await reader.check()).revision, stored.length);
  });

  test('reports changes by notification alone, and again after its connections were dropped', async () => {
    await using database = await createDatabase();
    const writer = await database.open();
    const reader = await database.open({ pollIntervalMs: never });
    const told = new Told(reader);
    value(await writer.settings.set('s', 1, origin()));
    await told.reach(1);
    for (let drop = 1; drop <= 3; drop += 1) {
      await database.sql(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      );
      await untilSet(writer, drop + 1);
      await told.reach(drop + 1);
    }
    assert.deepEqual(told.revisions, [1, 2, 3, 4]);
  });

  test('refuses reads and changes while the server is down, and is not fresh: store-unavailable', async () => {
    await using database = await createDatabase();
    const store = await database.open({ pollIntervalMs: never });
    const audit = openAudit(store.audit, { timeoutMs: 50 });
    value(await store.settings.set('s', 1, origin()));
    await server?.stop();
    const away = await store.changes.refresh();
    const read = await store.settings.current('s');
    const changed = await store.settings.set('s', 2, origin());
    const confirmed = await store.confirmed(1);
    const [recorded] = await Promise.allSettled([audit.record(entry(1))]);
    await server?.start();
    assert.deepEqual([away.revision, away.refusal?.code], [1, 'store-unavailable']);
    assert.deepEqual([read, changed, confirmed].map(code), Array(3).fill('store-unavailable'));
    assert.match(recorded?.status === 'rejected' ? String(recorded.reason) : 'recorded', /audit-unavailable/);
    const back = await store.changes.refresh();
    assert.deepEqual([back.revision, back.refusal], [1, undefined]);
    assert.equal(value(await store.settings.current('s'))?.value, 1);
  });

  test('loses no acknowledged audit entry while the server restarts, and accepts entries throughout', async () => {
    await using database = await createDatabase();
    const store = await database.open();
    const audit = openAudit(store.audit, { timeoutMs: 60_000, batchDelayMs: 0 });
    const acknowledged: string[] = [];
    const recordSome = (from: number) =>
      Promise.all(Array.from({ length: 50 }, (_, index) => recordOne(audit, from + index, acknowledged)));
    await recordSome(0);
    const across = recordSome(50);
    await server?.stop();
    const during = recordSome(100);
    await server?.start();
    await Promise.all([across, during]);
    const rows = await database.sql('select request_id from audit');
    assert.deepEqual(rows.map(({ request_id }) => String(request_id)).sort(), [...acknowledged].sort());
    assert.equal(acknowledged.length, 150);
  });

  test('confirms a change only after every live instance has applied it: cluster-unconfirmed before', async () => {
    await using database = await createDatabase();
    const writer = await database.open({ leaseMs: never });
    const reader = await database.open({ leaseMs: never });
    const gate = Promise.withResolvers<void>();
    reader.changes.subscribe(() => gate.promise);
    const { revision } = value(await writer.settings.set('s', 1, origin()));
    assert.equal(code(await writer.confirmed(revision, 30)), 'cluster-unconfirmed');
    gate.resolve();
    assert.deepEqual(await writer.confirmed(revision, never), { ok: true, value: undefined });
  });

  test('does not wait for an instance that shut down, nor for a killed one beyond its lease', async () => {
    await using database = await createDatabase();
    const ended = await database.open();
    const writer = await database.open({ leaseMs: 200 });
    await ended.close();
    await database.sql(
      `insert into instances values ('killed', 0, floor(extract(epoch from clock_timestamp()) * 1000)::bigint)`,
    );
    const { revision } = value(await writer.settings.set('s', 1, origin()));
    assert.equal(code(await writer.confirmed(revision, 1)), 'cluster-unconfirmed');
    assert.deepEqual(await writer.confirmed(revision, never), { ok: true, value: undefined });
    const instances = await database.sql(`select id from instances where id <> 'killed'`);
    assert.equal(instances.length, 1);
  });
});

function entry(index: number) {
  return { atMs: index, operation: 'attest', requestId: `r-${index}`, verdict: 'allowed' } as const;
}

async function recordOne(audit: Audit, index: number, acknowledged: string[]): Promise<void> {
  await audit.record(entry(index));
  acknowledged.push(`r-${index}`);
}

/** Sets a value; a dropped connection may cost the first attempts. */
async function untilSet(store: Store, setting: number): Promise<void> {
  for (;;) {
    const outcome = await store.settings.set('s', setting, origin());
    if (outcome.ok) return;
    assert.equal(outcome.refusal.code, 'store-unavailable');
  }
}
