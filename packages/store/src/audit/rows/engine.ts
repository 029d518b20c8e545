/** What each database does for the audit record, behind one face. Failures are thrown as `Refused` with `store-unavailable`. */
import type { CompiledQuery } from 'kysely';
import type { AuditTable } from '../../database/schema.ts';

/** The audit tables of one database. */
export interface AuditEngine {
  /** Stores rows in one transaction; resolves when they are durable. A row whose id is stored already is left as it is. */
  append(rows: readonly AuditTable[]): Promise<void>;
  /** Runs a statement that reads: off the event loop, and on PostgreSQL no longer than a time. */
  read<Row>(query: CompiledQuery<Row>): Promise<Row[]>;
  /** Runs statements in one transaction. False, and nothing is changed, when a row with a key of theirs is there already. */
  commit(statements: readonly CompiledQuery[]): Promise<boolean>;
}
