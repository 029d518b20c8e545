/** The interface that SQLite and PostgreSQL implement, and what migrations need of them. */
import type { CompiledQuery, Kysely, Transaction } from 'kysely';
import type { Integrity } from '../documents/integrity.ts';
import type { AuditRow, Schema } from './schema.ts';

/** One opened database. */
export interface Engine {
  readonly kind: 'sqlite' | 'postgres';
  readonly db: Kysely<Schema>;
  readonly schema: SchemaDialect;
  readonly audit: AuditEngine;
  /** Inside a change: notifies the other instances when it is committed. */
  announce(transaction: Transaction<Schema>, revision: number): Promise<void>;
  /** Calls `requestRefresh` whenever another instance may have changed something. Returns a function that stops this. */
  listen(requestRefresh: () => void): Promise<() => Promise<void>>;
  /** The instances on this database, where several can share it. */
  readonly cluster: ClusterRows | undefined;
  /** Reconnects when the database was moved or replaced. Called before each read of the change feed. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

/** Which instances are alive, and what each has applied. Times are those of the database. */
export interface ClusterRows {
  /** Records that instance `id` is alive, has applied everything up to `revision`, and what its clock says. */
  confirm(id: string, revision: number, wallMs: number): Promise<void>;
  /** By how much the clocks of the others that were seen within `leaseMs` are ahead of the database's, in milliseconds. */
  offsets(exceptId: string, leaseMs: number): Promise<number[]>;
  /** What the database's clock says, in milliseconds since 1970-01-01T00:00Z. */
  nowMs(): Promise<number>;
  /** How many instances that were seen within `leaseMs` have not yet applied `revision`. */
  behind(revision: number, leaseMs: number): Promise<number>;
  /** Removes an instance that shuts down. */
  leave(id: string): Promise<void>;
}

/** The audit tables of one database. */
export interface AuditEngine {
  /** Stores rows in one transaction; resolves when they are durable. A row whose id is stored already is left as it is. */
  append(rows: readonly AuditRow[]): Promise<void>;
  /** Runs a statement that reads: off the event loop, and on PostgreSQL with a time limit. */
  read<Row>(query: CompiledQuery<Row>): Promise<Row[]>;
  /** Runs statements in one transaction. Returns false, and changes nothing, when a key of theirs exists already. */
  commit(statements: readonly CompiledQuery[]): Promise<boolean>;
}

/** How the databases differ when tables are created. */
export interface SchemaDialect {
  /** The column type for bytes. */
  readonly bytes: 'blob' | 'bytea';
  /** Ends `create table` of a table that is stored in the order of its primary key. */
  readonly clustered: string;
  /** The collation that compares texts by their bytes. */
  readonly byteOrder: string;
  /** Takes a lock that lasts until the transaction ends; concurrent migrations wait for it. */
  lockMigrations(transaction: Transaction<Schema>): Promise<void>;
}

/** What a migration works with. */
export interface MigrationContext {
  readonly db: Transaction<Schema>;
  readonly dialect: SchemaDialect;
  readonly integrity: Integrity;
  readonly nowMs: () => number;
}
