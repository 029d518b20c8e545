/**
 * Brings an empty or older database to the current schema. Each migration runs once, all of them in one transaction that holds a store-wide
 * lock, so that instances that start together do not interfere.
 */
import { refuse } from '@atesto/core';
import { type Kysely, sql } from 'kysely';
import type { StorageCode } from '../codes.ts';
import type { Integrity } from '../documents/integrity.ts';
import type { MigrationContext, SchemaDialect } from './engine.ts';
import { chainAudit } from './migrations/chain-audit.ts';
import { chainDocuments } from './migrations/chain-documents.ts';
import type { Schema } from './schema.ts';

/** Never change one that was released: add the next. */
const migrations: readonly ((context: MigrationContext) => Promise<void>)[] = [
  createDocuments,
  createAudit,
  chainDocuments,
  ({ db, integrity, nowMs }) => chainAudit(db, integrity.audit, nowMs()),
  addRunningTime,
];

/**
 * Brings the schema up to date. Refuses with `store-newer` a database of a newer release.
 * @param last the schema version to stop at, as an older release would; default: the newest
 */
export async function migrate(
  db: Kysely<Schema>,
  dialect: SchemaDialect,
  integrity: Integrity,
  nowMs: () => number,
  last = migrations.length,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await dialect.lockMigrations(transaction);
    await transaction.schema
      .createTable('schema_version')
      .ifNotExists()
      .addColumn('version', 'integer', (column) => column.primaryKey())
      .addColumn('applied_at_ms', 'bigint', (column) => column.notNull())
      .execute();
    const { version } = await transaction
      .selectFrom('schema_version')
      .select(({ fn }) => fn.coalesce(fn.max('version'), sql<number>`0`).as('version'))
      .executeTakeFirstOrThrow();
    if (version > migrations.length) {
      const why = `it has schema version ${version}, this release knows ${migrations.length}`;
      refuse<StorageCode>('store-newer', 'schema_version', why);
    }
    for (const [index, run] of migrations.slice(0, last).entries()) {
      if (index < version) continue;
      await run({ db: transaction, dialect, integrity, nowMs });
      await transaction
        .insertInto('schema_version')
        .values({ version: index + 1, applied_at_ms: nowMs() })
        .execute();
    }
  });
}

async function createDocuments({ db, dialect, integrity }: MigrationContext): Promise<void> {
  await db.schema
    .createTable('store_state')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute();
  await sql`insert into store_state (id, revision, mac) values (1, 0, ${integrity.ofBareState(0)})`.execute(db);
  await db.schema
    .createTable('documents')
    .addColumn('provider_id', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('revision', 'bigint', (column) => column.notNull().unique())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('content', 'text')
    .addColumn('digest', 'text')
    .addColumn('signer', 'text')
    .addColumn('authorization_jws', 'text')
    .addColumn('restored_version', 'integer')
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('mac', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('documents_key', ['provider_id', 'kind', 'name', 'version'])
    .execute();
  await db.schema
    .createTable('providers')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name_key', 'text', (column) => column.notNull())
    .addColumn('subscription_key', 'text', (column) => column.notNull())
    .addColumn('group_key', 'text', (column) => column.notNull())
    .addColumn('deleted_at_ms', 'bigint')
    .execute();
  await db.schema
    .createIndex('providers_name')
    .unique()
    .on('providers')
    .column('name_key')
    .where(sql.ref('deleted_at_ms'), 'is', null)
    .execute();
  await db.schema
    .createTable('sealed_keys')
    .addColumn('provider_id', 'text', (column) => column.notNull().references('providers.id'))
    .addColumn('key_id', 'text', (column) => column.notNull())
    .addColumn('sealed', sql.raw(dialect.bytes), (column) => column.notNull())
    .addPrimaryKeyConstraint('sealed_keys_key', ['provider_id', 'key_id'])
    .execute();
  await db.schema
    .createTable('instances')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('seen_at_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function createAudit({ db, dialect }: MigrationContext): Promise<void> {
  const optionalTexts = ['provider', 'attestation_type', 'caller', 'address', 'code', 'refused_at', 'detail'] as const;
  let table = db.schema
    .createTable('audit')
    .addColumn('id', sql.raw(`text collate ${dialect.byteOrder}`), (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('request_id', 'text', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull());
  for (const name of optionalTexts) table = table.addColumn(name, 'text');
  table = table
    .addColumn('evidence_digest', 'text')
    .addColumn('policy_digest', 'text')
    .addColumn('policy_version', 'integer')
    .addColumn('token_id', 'text');
  await table.modifyEnd(sql.raw(dialect.clustered)).execute();
  await db.schema.createIndex('audit_provider').on('audit').columns(['provider', 'id']).execute();
  await db.schema.createIndex('audit_caller').on('audit').columns(['caller', 'id']).execute();
  await db.schema.createIndex('audit_request').on('audit').column('request_id').execute();
  await db.schema
    .createIndex('audit_token')
    .on('audit')
    .column('token_id')
    .where(sql.ref('token_id'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('audit_code')
    .on('audit')
    .columns(['code', 'id'])
    .where(sql.ref('code'), 'is not', null)
    .execute();
}

/** Runs the migration. */
export async function addRunningTime({ db }: MigrationContext): Promise<void> {
  await db.schema.alterTable('instances').addColumn('wall_ms', 'bigint').execute();
  await db.schema
    .createTable('store_clock')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('running_ms', 'bigint', (column) => column.notNull())
    .addColumn('beat_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await db.insertInto('store_clock').values({ id: 1, running_ms: 0, beat_at_ms: 0 }).execute();
  await db.schema
    .createTable('deletion_marks')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('due_running_ms', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('deletion_marks_key', ['kind', 'subject'])
    .execute();
}
