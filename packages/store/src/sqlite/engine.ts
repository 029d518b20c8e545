/** The embedded database: one file, served by one process. Other processes, such as the command line, may change it meanwhile. */
import { closeSync, openSync } from 'node:fs';
import type { SQLInputValue } from 'node:sqlite';
import { type CompiledQuery, Kysely } from 'kysely';
import { insertAuditRow, storedColumns } from '../audit/rows/table.ts';
import { orRefuse } from '../database/database-errors.ts';
import type { AuditEngine, Engine, SchemaDialect } from '../database/engine.ts';
import type { AuditRow, Schema } from '../database/schema.ts';
import type { ReadRequest, WriteRequest } from './answer-requests.ts';
import { bindable, sqliteDialect } from './dialect.ts';
import { SqliteFile } from './file.ts';
import { SqliteThread } from './thread.ts';

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
  const writer = new SqliteThread<WriteRequest>('writer', path);
  const reader = new SqliteThread<ReadRequest>('reader', path);
  return {
    kind: 'sqlite',
    db,
    schema,
    audit: auditEngine(db, writer, reader),
    announce: async () => {},
    listen: async () => async () => {},
    cluster: undefined,
    // Not under a transaction that has begun: its connection must stay.
    follow: async () => {
      if (!file.database.isOpen || !file.database.isTransaction) file.follow();
    },
    close: async () => {
      await writer.close();
      await reader.close();
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

function auditEngine(
  db: Kysely<Schema>,
  writer: SqliteThread<WriteRequest>,
  reader: SqliteThread<ReadRequest>,
): AuditEngine {
  const sql = insertAuditRow(db);
  return {
    append: (rows) => orRefuse(async () => void (await writer.ask([{ sql, rows: rows.map(valuesOf) }]))),
    read: <Row>({ sql, parameters }: CompiledQuery<Row>) =>
      orRefuse(() => reader.ask<Row[]>({ sql, parameters: parameters.map(bindable) })),
    commit: (statements) =>
      orRefuse(async () => {
        try {
          await writer.ask(statements.map(({ sql, parameters }) => ({ sql, rows: [parameters.map(bindable)] })));
          return true;
        } catch (error) {
          if (isConstraint(error)) return false;
          throw error;
        }
      }),
  };
}

function valuesOf(row: AuditRow): SQLInputValue[] {
  return storedColumns.map((column) => row[column]);
}

/** `SQLITE_CONSTRAINT`. */
const constraint = 19;

function isConstraint(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === constraint;
}
