/** Connects the query builder to SQLite through `node:sqlite`, which comes with Node. */
import type { SQLInputValue } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import {
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely';
import { busyTimeoutMs } from './connection.ts';
import type { SqliteFile } from './file.ts';

const retryAfterMs = 2;

/**
 * Every transaction takes the write lock when it begins: one that reads first could not be upgraded under load. While another
 * connection has the lock it waits without blocking the thread, because that connection may need the thread to finish.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #file: SqliteFile;

  constructor(file: SqliteFile) {
    super({ database: adapt(file) });
    this.#file = file;
  }

  override async beginTransaction(): Promise<void> {
    const deadline = performance.now() + busyTimeoutMs;
    this.#file.follow();
    while (!this.#tryBegin(performance.now() >= deadline)) await pause(retryAfterMs);
  }

  #tryBegin(last: boolean): boolean {
    const { database } = this.#file;
    database.exec('pragma busy_timeout = 0');
    try {
      database.exec('begin immediate');
      return true;
    } catch (error) {
      if (last || !isBusy(error)) throw error;
      return false;
    } finally {
      database.exec(`pragma busy_timeout = ${busyTimeoutMs}`);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

/** A kysely dialect over one file. Closes it when the query builder is destroyed. */
export function sqliteDialect(file: SqliteFile): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ImmediateDriver(file),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

function adapt(file: SqliteFile): SqliteDatabase {
  return {
    close: () => file.close(),
    prepare(sql): SqliteStatement {
      const statement = file.database.prepare(sql);
      return {
        reader: statement.columns().length > 0,
        // node:sqlite returns rows without a prototype; plain objects compare and print as expected
        all: (parameters) => statement.all(...parameters.map(bindable)).map((row) => ({ ...row })),
        run: (parameters) => statement.run(...parameters.map(bindable)),
        iterate: (parameters) => statement.iterate(...parameters.map(bindable)),
      };
    },
  };
}

/** A value that SQLite stores. Throws `TypeError` for others. */
export function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  if (value instanceof Uint8Array) return value;
  throw new TypeError(`a value of type ${typeof value} cannot be stored`);
}
