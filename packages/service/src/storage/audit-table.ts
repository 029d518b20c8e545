/** How are audit rows stored, found and removed? What an entry means is decided in `audit/`. */
import { type Kysely, type SqlBool, sql } from 'kysely';
import { guarded } from './guard.ts';
import type { AuditTable, Schema } from './schema.ts';

/** The columns of an audit row, in the order in which rows are written. */
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
] as const satisfies readonly (keyof AuditTable)[];

/** Which audit rows to find; absent: any. */
export interface AuditFilter {
  /** From this time on, in milliseconds since 1970-01-01T00:00Z. */
  readonly fromMs?: number | undefined;
  /** Before this time. */
  readonly beforeMs?: number | undefined;
  readonly provider?: string | undefined;
  readonly caller?: string | undefined;
  readonly operation?: string | undefined;
  readonly verdict?: string | undefined;
  readonly code?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly requestId?: string | undefined;
}

/** The audit rows of a store. Failures are thrown as `Refused`, `store-unavailable`. */
export interface AuditRows {
  /** Stores rows in one transaction; resolves when they are durable. A row whose id is stored already is left as it is. */
  append(rows: readonly AuditTable[]): Promise<void>;
  /** At most `limit` rows below the id `below`, newest first. */
  find(filter: AuditFilter, below: string | undefined, limit: number): Promise<AuditTable[]>;
  /** Removes at most `limit` rows that are older than a time, the oldest first; resolves with their number. */
  remove(beforeMs: number, limit: number): Promise<number>;
}

/** The smallest id that a row of this time can have: ids begin with the time as 12 hex digits. */
export function auditIdFloor(atMs: number): string {
  return Math.max(0, Math.floor(atMs)).toString(16).padStart(12, '0');
}

/** The statement that stores one row, with its values in the order of {@link auditColumns}. */
export function insertAuditRow(db: Kysely<Schema>): string {
  const places = sql.join(auditColumns.map((column) => sql`${column}`));
  return sql`insert into audit (${columnList}) values (${places}) on conflict (id) do nothing`.compile(db).sql;
}

/** Stores rows that come as one JSON array: one statement and one parameter, however many they are. PostgreSQL only. */
export async function insertAuditJson(db: Kysely<Schema>, rows: readonly AuditTable[]): Promise<void> {
  await sql`insert into audit (${columnList})
    select ${columnList} from json_populate_recordset(null::audit, ${JSON.stringify(rows)}::json)
    on conflict (id) do nothing`.execute(db);
}

/** See {@link AuditRows.find}. */
export function findAuditRows(
  db: Kysely<Schema>,
  filter: AuditFilter,
  below: string | undefined,
  limit: number,
): Promise<AuditTable[]> {
  return guarded(async () => {
    let query = db.selectFrom('audit').selectAll();
    const equal = {
      provider: filter.provider,
      caller: filter.caller,
      operation: filter.operation,
      verdict: filter.verdict,
      code: filter.code,
      token_id: filter.tokenId,
      request_id: filter.requestId,
    };
    for (const [column, value] of Object.entries(equal)) {
      if (value !== undefined) query = query.where(sql<SqlBool>`${sql.ref(column)} = ${value}`);
    }
    if (filter.fromMs !== undefined) query = query.where('id', '>=', auditIdFloor(filter.fromMs));
    if (filter.beforeMs !== undefined) query = query.where('id', '<', auditIdFloor(filter.beforeMs));
    if (below !== undefined) query = query.where('id', '<', below);
    return query.orderBy('id', 'desc').limit(limit).execute();
  });
}

/** The statement that {@link AuditRows.remove} runs. */
export function removeAuditRows(db: Kysely<Schema>, beforeMs: number, limit: number) {
  const oldest = db
    .selectFrom('audit')
    .select('id')
    .where('id', '<', auditIdFloor(beforeMs))
    .orderBy('id')
    .limit(limit);
  return db.deleteFrom('audit').where('id', 'in', oldest);
}

const columnList = sql.join(auditColumns.map((column) => sql.ref(column)));
