/** The thread that reads audit rows from SQLite, over a connection that cannot write. */

import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { answerRequests, type ReadRequest } from './answer-requests.ts';
import { busyTimeoutMs } from './connection.ts';
import { SqliteFile } from './file.ts';

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

/** Lowers the priority of this thread, so that the event loop comes first when all cores are busy. Has an effect on Linux only. */
function lowerThreadPriority(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // There is no such file, or this process may not change priorities: the priority stays.
  }
}
