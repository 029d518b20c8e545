/** The columns of an audit row and the statements that store rows. */
import { type Kysely, sql } from 'kysely';
import type { AuditRow, Schema } from '../../database/schema.ts';

/** Every column but the link, in the order of the canonical form under the leaf hash. Never reorder; add new columns at the end. */
export const auditColumns = [
  'id',
  'at_ms',
  'operation',
  'provider',
  'attestation_type',
  'caller',
  'address',
  'request_id',
  'verdict',
  'code',
  'refused_at',
  'evidence_digest',
  'policy_digest',
  'policy_version',
  'token_id',
  'detail',
] as const satisfies readonly (keyof AuditRow)[];

/** The columns of a row in the order in which they are written. */
export const storedColumns = [...auditColumns, 'link'] as const satisfies readonly (keyof AuditRow)[];

/** The statement that stores one row, with its values in the order of {@link storedColumns}. */
export function insertAuditRow(db: Kysely<Schema>): string {
  const places = sql.join(storedColumns.map((column) => sql`${column}`));
  return sql`insert into audit (${columnList}) values (${places}) on conflict (id) do nothing`.compile(db).sql;
}

/** Stores rows that come as one JSON array: one statement and one parameter, however many they are. PostgreSQL only. */
export async function insertAuditJson(db: Kysely<Schema>, rows: readonly AuditRow[]): Promise<void> {
  await sql`insert into audit (${columnList})
    select ${columnList} from json_populate_recordset(null::audit, ${JSON.stringify(rows)}::json)
    on conflict (id) do nothing`.execute(db);
}

const columnList = sql.join(storedColumns.map((column) => sql.ref(column)));
