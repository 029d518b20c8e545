/** What the two databases do differently, behind one face. */
import type { Kysely, Transaction } from 'kysely';
import type { AuditEngine } from '../audit/rows/engine.ts';
import type { SchemaDialect } from './migration.ts';
import type { Schema } from './schema.ts';

/** One opened database. */
export interface Engine {
  readonly kind: 'sqlite' | 'postgres';
  readonly db: Kysely<Schema>;
  readonly schema: SchemaDialect;
  readonly audit: AuditEngine;
  /** Inside a change: tells the other instances, once it is committed. */
  announce(transaction: Transaction<Schema>, revision: number): Promise<void>;
  /** Calls `poke` whenever another instance may have changed something; returns what ends that. */
  listen(poke: () => void): Promise<() => Promise<void>>;
  /** The instances on this database, where several can share it. */
  readonly cluster: ClusterRows | undefined;
  /** Follows the database when it was put elsewhere or another was put in its place. Called before each look at the change feed. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

/** Which instances live, and what each has taken in. Times are those of the database. */
export interface ClusterRows {
  /** Says that instance `id` lives, has taken in everything up to `revision`, and what its clock says. */
  confirm(id: string, revision: number, wallMs: number): Promise<void>;
  /** By how much the clocks of the others that were seen within `leaseMs` are ahead of the database's, in milliseconds. */
  offsets(exceptId: string, leaseMs: number): Promise<number[]>;
  /** What the database's clock says, in milliseconds since 1970-01-01T00:00Z. */
  nowMs(): Promise<number>;
  /** How many instances that were seen within `leaseMs` have not yet taken in `revision`. */
  behind(revision: number, leaseMs: number): Promise<number>;
  /** Removes an instance that ends in order. */
  leave(id: string): Promise<void>;
}
