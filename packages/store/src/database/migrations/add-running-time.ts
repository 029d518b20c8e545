/** Adds what tells a wrong clock and delays deletions: instances' clocks, the running time, and the marks of what is to be deleted. */
import type { MigrationContext } from '../migration.ts';

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
