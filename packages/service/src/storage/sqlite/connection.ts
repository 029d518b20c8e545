/** How a connection to the SQLite file is opened: a commit that returned survives a crash of the process and of the machine. */
import { DatabaseSync } from 'node:sqlite';

/** How long a connection waits for a lock of another one, in milliseconds. */
export const busyTimeoutMs = 5000;

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
    database.exec(`pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = ${walPages}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}
