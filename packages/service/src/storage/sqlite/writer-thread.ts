/**
 * The thread that writes audit rows to SQLite, so that waiting for the disk does not hold up the service: it runs one
 * statement for many rows in one transaction and answers when that is durable.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteFile } from './file.ts';
import type { WriteAnswer, WriteRequest } from './writer.ts';

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread only');

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

function write({ sql, rows }: WriteRequest): WriteAnswer {
  try {
    file.follow();
    file.database.exec('begin immediate');
    const statement = prepared(sql);
    let changes = 0;
    for (const row of rows) changes += Number(statement.run(...row).changes);
    file.database.exec('commit');
    return { ok: true, changes };
  } catch (error) {
    const { database } = file;
    if (database.isOpen && database.isTransaction) database.exec('rollback');
    const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
    return { ok: false, errcode, message: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', (request: WriteRequest | 'close') => {
  if (request === 'close') {
    file.close();
    port.close();
  } else port.postMessage(write(request));
});
