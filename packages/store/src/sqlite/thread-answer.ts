/** Answers requests inside a worker thread of SQLite. */
import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer } from './thread.ts';

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
