/** Adds links to audit rows, heads of their chains, and indexes for every filter. Existing rows become one chain. */
import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { type AuditSeal, positionText, writerName } from '../../audit/rows/chain.ts';
import type { Schema } from '../schema.ts';

const pageRows = 1000;

/** The migration. */
export async function chainAudit(db: Kysely<Schema>, seal: AuditSeal, nowMs: number): Promise<void> {
  await db.schema
    .alterTable('audit')
    .addColumn('link', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await db.schema
    .createTable('audit_heads')
    .addColumn('sequence', 'bigint', (column) => column.primaryKey())
    .addColumn('writer', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('through', 'bigint', (column) => column.notNull())
    .addColumn('link', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('detail', 'text')
    .addColumn('mac', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_heads_writer').on('audit_heads').columns(['writer', 'sequence']).execute();
  await linkRows(db, seal, nowMs);
  await db.schema.createIndex('audit_position').on('audit').expression(sql`substr(id, 13)`).execute();
  await createFilterIndexes(db);
}

/** The common value of a column stays out of its index: it is found by time, and an allowed attest call costs no write here. */
async function createFilterIndexes(db: Kysely<Schema>): Promise<void> {
  const rare = [
    ['audit_operation', ['operation', 'id'], sql<boolean>`operation <> 'attest'`],
    ['audit_verdict', ['verdict', 'id'], sql<boolean>`verdict <> 'allowed'`],
    ['audit_provider_operation', ['provider', 'operation', 'id'], sql<boolean>`operation <> 'attest'`],
    ['audit_provider_verdict', ['provider', 'verdict', 'id'], sql<boolean>`verdict <> 'allowed'`],
    ['audit_provider_code', ['provider', 'code', 'id'], sql<boolean>`code is not null`],
  ] as const;
  for (const [name, columns, condition] of rare) {
    await sql`create index ${sql.ref(name)} on audit (${sql.join(columns.map((column) => sql.ref(column)))})
      where ${condition}`.execute(db);
  }
}

async function linkRows(db: Kysely<Schema>, seal: AuditSeal, nowMs: number): Promise<void> {
  const writer = writerName('kept', randomBytes(8).toString('hex').slice(1));
  const origin = seal.origin(writer);
  let link = origin;
  let sequence = 0;
  let after = '';
  for (;;) {
    // A row that was given its place sorts after its old id, within the same millisecond.
    const rows = await db
      .selectFrom('audit')
      .selectAll()
      .where('id', '>', after)
      .where('link', '=', '')
      .orderBy('id')
      .limit(pageRows)
      .execute();
    for (const { link: _none, ...row } of rows) {
      sequence += 1;
      const id = row.id.slice(0, 12) + positionText({ writer, sequence });
      link = seal.link(link, { ...row, id });
      await db.updateTable('audit').set({ id, link }).where('id', '=', row.id).execute();
      after = row.id;
    }
    if (rows.length < pageRows) break;
  }
  if (sequence === 0) return;
  const heads = [
    { sequence: 1, writer, kind: 'opened', through: 0, link: origin, at_ms: nowMs, detail: null },
    { sequence: 2, writer, kind: 'reached', through: sequence, link, at_ms: nowMs, detail: null },
  ];
  let previous = '';
  for (const head of heads) {
    const mac = seal.head(previous, head);
    await db
      .insertInto('audit_heads')
      .values({ ...head, mac })
      .execute();
    previous = mac;
  }
}
