/** What a thread is asked, and how it answers. Threads load this module, and little else, so that they start quickly. */
import type { SQLInputValue } from 'node:sqlite';
import { parentPort } from 'node:worker_threads';

/** One statement that reads. */
export interface ReadRequest {
  readonly sql: string;
  readonly parameters: readonly SQLInputValue[];
}

/** One statement, run once for each row of values. */
export interface WriteStatement {
  readonly sql: string;
  readonly rows: readonly (readonly SQLInputValue[])[];
}

/** Statements that run in one transaction, in this order. */
export type WriteRequest = readonly WriteStatement[];

/** What a request failed with: SQLite's extended result code (0: not SQLite's). */
export interface ThreadFailure {
  readonly ok: false;
  readonly errcode: number;
  readonly message: string;
}

/** An answer of the thread. */
export type ThreadAnswer<Value> = { readonly ok: true; readonly value: Value } | ThreadFailure;

/** Runs each request and answers with its value or with what failed; `close` ends the thread. */
export function answerRequests<Request, Value>(work: (request: Request) => Value, close: () => void): void {
  const port = parentPort;
  if (port === null) throw new Error('this module runs in a worker thread only');
  port.on('message', (request: Request | 'close') => {
    if (request !== 'close') {
      port.postMessage(answerOf(() => work(request)));
      return;
    }
    close();
    port.close();
  });
}

function answerOf<Value>(work: () => Value): ThreadAnswer<Value> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    const errcode = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 0;
    return { ok: false, errcode, message: error instanceof Error ? error.message : String(error) };
  }
}
