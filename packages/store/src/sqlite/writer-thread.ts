/**
 * The thread that writes audit rows to SQLite, so that waiting for the disk does not block the service. It runs statements for many rows in one
 * transaction and answers when they are durable.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import { answerRequests, type WriteRequest } from './answer-requests.ts';
import { SqliteFile } from './file.ts';

const file = new SqliteFile(String(workerData));
/** By connection: the file can be replaced. */
const statements = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

function prepared(sql: string): StatementSync {
  const ofConnection = statements.get(file.database) ?? new Map<string, StatementSync>();
  statements.set(file.database, ofConnection);
  const statement = ofConnection.get(sql) ?? file.database.prepare(sql);
  ofConnection.set(sql, statement);
  return statement;
}

function write(request: WriteRequest): number {
  try {
    file.follow();
    file.database.exec('begin immediate');
    let changes = 0;
    for (const { sql, rows } of request) {
      const statement = prepared(sql);
      for (const row of rows) changes += Number(statement.run(...row).changes);
    }
    file.database.exec('commit');
    return changes;
  } catch (error) {
    const { database } = file;
    if (database.isOpen && database.isTransaction) database.exec('rollback');
    throw error;
  }
}

answerRequests(write, () => file.close());
