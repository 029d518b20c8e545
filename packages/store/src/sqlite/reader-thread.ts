/** The thread that reads audit rows from SQLite, over a connection that cannot write. */
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { busyTimeoutMs } from './connection.ts';
import { SqliteFile } from './file.ts';
import { lowerThreadPriority } from './lower-priority.ts';
import type { ReadRequest } from './reader.ts';
import { answerRequests } from './thread-answer.ts';

lowerThreadPriority();
const file = new SqliteFile(
  String(workerData),
  (path) => new DatabaseSync(path, { readOnly: true, timeout: busyTimeoutMs, enableDoubleQuotedStringLiterals: false }),
);

function read({ sql, parameters }: ReadRequest): object[] {
  file.follow();
  const rows = file.database.prepare(sql).all(...parameters);
  // Rows of node:sqlite have no prototype.
  return rows.map((row) => ({ ...row }));
}

answerRequests(read, () => file.close());
