/** Opens a connection to the SQLite file. A commit that returned survives a crash of the process and of the machine. */
import { DatabaseSync } from 'node:sqlite';

/** How long a connection waits for a lock of another one, in milliseconds. */
export const busyTimeoutMs = 5000;

/** The pause between attempts at a lock for which SQLite itself does not wait, in milliseconds. */
const retryPauseMs = 5;

/** The write-ahead log is copied into the file when it has this many pages of 4 KiB: at 1,000, SQLite's default, audit costs more. */
const walPages = 4000;

/** Opens the file, and makes it when it is not there: write-ahead log, full synchronous, foreign keys enforced. */
export function openConnection(path: string): DatabaseSync {
  const database = new DatabaseSync(path, {
    timeout: busyTimeoutMs,
    enableForeignKeyConstraints: true,
    enableDoubleQuotedStringLiterals: false,
  });
  try {
    useWriteAheadLog(database);
    database.exec(`pragma synchronous = full; pragma wal_autocheckpoint = ${walPages}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** `SQLITE_BUSY`: another connection holds the lock. */
const busy = 5;

/**
 * SQLite does not wait for a lock when the journal mode changes: of processes that open an empty file at the same time all but
 * one fail at once because it is busy. So the waiting is done here.
 */
function useWriteAheadLog(database: DatabaseSync): void {
  const deadline = Date.now() + busyTimeoutMs;
  for (;;) {
    try {
      database.exec('pragma journal_mode = wal');
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryPauseMs);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === busy;
}
