/**
 * The thread that writes audit rows to SQLite, so that waiting for the disk does not hold up the service: it runs one
 * statement for many rows in one transaction and answers when that is durable.
 */
import type { StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { openConnection } from './connection.ts';
import type { WriteAnswer, WriteRequest } from './writer.ts';

const port = parentPort;
if (port === null) throw new Error('this module runs in a worker thread only');

const database = openConnection(String(workerData));
const statements = new Map<string, StatementSync>();

function prepared(sql: string): StatementSync {
  const known = statements.get(sql);
  if (known !== undefined) return known;
  const statement = database.prepare(sql);
  statements.set(sql, statement);
  return statement;
}

function write({ sql, rows }: WriteRequest): WriteAnswer {
  try {
    database.exec('begin immediate');
    const statement = prepared(sql);
    let changes = 0;
    for (const row of rows) changes += Number(statement.run(...row).changes);
    database.exec('commit');
    return { ok: true, changes };
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
    return { ok: false, errcode, message: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', (request: WriteRequest | 'close') => {
  if (request === 'close') {
    database.close();
    port.close();
  } else port.postMessage(write(request));
});
