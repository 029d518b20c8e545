/** The embedded database: one file, one process that serves it; other processes (the command line) may change it meanwhile. */
import { closeSync, openSync } from 'node:fs';
import type { SQLInputValue } from 'node:sqlite';
import { Kysely } from 'kysely';
import { type AuditRows, auditColumns, findAuditRows, insertAuditRow, removeAuditRows } from '../audit-table.ts';
import type { Engine } from '../engine.ts';
import { guarded } from '../guard.ts';
import type { SchemaDialect } from '../migrations.ts';
import type { AuditTable, Schema } from '../schema.ts';
import { sqliteDialect } from './dialect.ts';
import { SqliteFile } from './file.ts';
import { SqliteWriter } from './writer.ts';

const schema: SchemaDialect = {
  bytes: 'blob',
  clustered: 'without rowid',
  byteOrder: 'binary',
  // A transaction holds the write lock from its beginning.
  lockMigrations: async () => {},
};

/** Opens the file at `path`, and makes it when it is not there. */
export async function sqliteEngine(path: string): Promise<Engine> {
  keepPrivate(path);
  const file = new SqliteFile(path);
  const db = new Kysely<Schema>({ dialect: sqliteDialect(file) });
  const writer = new SqliteWriter(path);
  return {
    kind: 'sqlite',
    db,
    schema,
    audit: auditRows(db, writer),
    announce: async () => {},
    listen: async () => async () => {},
    cluster: undefined,
    // Not under a transaction that has begun: its connection must stay.
    follow: async () => {
      if (!file.database.isOpen || !file.database.isTransaction) file.follow();
    },
    close: async () => {
      await writer.close();
      await db.destroy();
    },
  };
}

// SQLite would make the file readable to everybody; its log files take the mode of the file.
function keepPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch {
    // SQLite meets the same obstacle and names it.
  }
}

function auditRows(db: Kysely<Schema>, writer: SqliteWriter): AuditRows {
  const sql = insertAuditRow(db);
  return {
    append: async (rows) => {
      await guarded(() => writer.write({ sql, rows: rows.map(valuesOf) }));
    },
    find: (filter, below, limit) => findAuditRows(db, filter, below, limit),
    remove: (beforeMs, limit) => {
      const { sql, parameters } = removeAuditRows(db, beforeMs, limit).compile();
      return guarded(() => writer.write({ sql, rows: [parameters.filter(isInput)] }));
    },
  };
}

function valuesOf(row: AuditTable): SQLInputValue[] {
  return auditColumns.map((column) => row[column]);
}

function isInput(value: unknown): value is SQLInputValue {
  return typeof value === 'string' || typeof value === 'number';
}
