/** A store as the release before the chain of versions left it. */
import { sql } from 'kysely';
import { migrate } from '../database/migrations.ts';
import { Integrity } from '../documents/integrity.ts';
import { postgresEngine } from '../postgres/engine.ts';
import { sqliteEngine } from '../sqlite/engine.ts';
import { createProvider, createSqlite, integrityKey, origin, type TestDatabase, value } from './backends.ts';

/** The schema version of that release. */
const schemaVersion = 2;

/** Makes it in an empty database: a provider with the policy `first`. Answers the provider's id. */
export async function createBeforeLinks({ options }: TestDatabase): Promise<string> {
  await using model = await createSqlite();
  const store = await model.open();
  const { id } = await createProvider(store);
  value(await store.policies.set(id, 'SgxEnclave', { content: 'first', digest: 'd', signer: null }, origin()));
  const integrity = new Integrity(integrityKey);
  const engine = await (options.kind === 'sqlite' ? sqliteEngine(options.path) : postgresEngine(options));
  await migrate(engine.db, engine.schema, integrity, Date.now, schemaVersion);
  for (const table of ['documents', 'providers']) {
    for (const { link: _link, ...row } of await model.sql(`select * from ${table}`)) {
      const columns = sql.join(Object.keys(row).map((column) => sql.ref(column)));
      await sql`insert into ${sql.table(table)} (${columns}) values (${sql.join(Object.values(row))})`.execute(
        engine.db,
      );
    }
  }
  await sql`update store_state set revision = 2, mac = ${integrity.ofBareState(2)}`.execute(engine.db);
  await engine.close();
  return id;
}
