/**
 * Chains the document versions of a store that has no links yet, and gives it an incarnation. A version with a wrong integrity code is chained
 * as it is, and stays refused wherever it is read.
 */
import { refuse } from '@atesto/core';
import { sql } from 'kysely';
import type { StorageCode } from '../../codes.ts';
import { newIncarnation } from '../../documents/history.ts';
import { firstLink } from '../../documents/integrity.ts';
import type { MigrationContext } from '../engine.ts';

const pageRows = 500;

/** Runs the migration. Refuses with `row-tampered` a state that this service did not write. */
export async function chainDocuments({ db, integrity }: MigrationContext): Promise<void> {
  const state = await db.selectFrom('store_state').select(['revision', 'mac']).executeTakeFirst();
  if (state === undefined) refuse<StorageCode>('row-tampered', 'store_state', 'the row is missing');
  integrity.checkBareState(state);
  for (const column of ['head', 'incarnation'] as const) {
    await db.schema
      .alterTable('store_state')
      .addColumn(column, 'text', (definition) => definition.notNull().defaultTo(''))
      .execute();
  }
  await db.schema
    .alterTable('documents')
    .addColumn('link', 'text', (definition) => definition.notNull().defaultTo(''))
    .execute();
  let head = firstLink;
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('documents')
      .select(['revision', 'mac'])
      .where('revision', '>', after)
      .orderBy('revision')
      .limit(pageRows)
      .execute();
    for (const { revision, mac } of rows) {
      head = integrity.ofLink(head, mac);
      await sql`update documents set link = ${head} where revision = ${revision}`.execute(db);
      after = revision;
    }
    if (rows.length < pageRows) break;
  }
  const signed = { revision: state.revision, head, incarnation: newIncarnation() };
  await db
    .updateTable('store_state')
    .set({ ...signed, mac: integrity.ofState(signed) })
    .execute();
}
