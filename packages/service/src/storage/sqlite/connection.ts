/** How a connection to the SQLite file is opened: a commit that returned survives a crash of the process and of the machine. */
import { DatabaseSync } from 'node:sqlite';

/** How long a connection waits for a lock of another one, in milliseconds. */
export const busyTimeoutMs = 5000;

/** Opens the file, and makes it when it is not there: write-ahead log, full synchronous, foreign keys enforced. */
export function openConnection(path: string): DatabaseSync {
  const database = new DatabaseSync(path, {
    timeout: busyTimeoutMs,
    enableForeignKeyConstraints: true,
    enableDoubleQuotedStringLiterals: false,
  });
  try {
    database.exec('pragma journal_mode = wal; pragma synchronous = full;');
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}
