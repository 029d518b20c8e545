/** What a migration of the schema works with. */
import type { Transaction } from 'kysely';
import type { Integrity } from '../documents/integrity.ts';
import type { Schema } from './schema.ts';

/** What differs between the databases when tables are made. */
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
