/** Hands rows to the writer thread, in order, and waits until they are durable. */
import { once } from 'node:events';
import type { SQLInputValue } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { Refused } from '@atesto/evidence';
import type { StorageCode } from '../codes.ts';

/** One statement, run once for each row of values, in one transaction. */
export interface WriteRequest {
  readonly sql: string;
  readonly rows: readonly (readonly SQLInputValue[])[];
}

/** What became of a request: the number of changed rows, or SQLite's extended result code (0: not SQLite's). */
export type WriteAnswer =
  | { readonly ok: true; readonly changes: number }
  | { readonly ok: false; readonly errcode: number; readonly message: string };

interface Waiting {
  resolve(changes: number): void;
  reject(error: Error): void;
}

// The file has the ending of this one, which is another before and after the build.
const threadFile = new URL(
  `./writer-thread${import.meta.url.slice(import.meta.url.lastIndexOf('.'))}`,
  import.meta.url,
);

/** One writer thread over one file. It starts with the first request, and again after it died. */
export class SqliteWriter {
  readonly #path: string;
  #worker: Worker | undefined;
  #waiting: Waiting[] = [];
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Resolves with the number of changed rows when they are durable. */
  write(request: WriteRequest): Promise<number> {
    if (this.#closed) return Promise.reject(unavailable('the store is closed'));
    const worker = this.#worker ?? this.#start();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      worker.ref();
      worker.postMessage(request);
    });
  }

  /** Lets the thread finish what it was given, and ends it. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = once(worker, 'exit');
    worker.ref();
    worker.postMessage('close');
    await ended;
  }

  #start(): Worker {
    const worker = new Worker(threadFile, { workerData: this.#path });
    this.#worker = worker;
    worker.on('message', (answer: WriteAnswer) => {
      const waiting = this.#waiting.shift();
      if (this.#waiting.length === 0) worker.unref();
      if (answer.ok) waiting?.resolve(answer.changes);
      else waiting?.reject(Object.assign(new Error(answer.message), { errcode: answer.errcode }));
    });
    worker.on('error', (error) => this.#fail(worker, error));
    worker.on('exit', () => this.#fail(worker, undefined));
    return worker;
  }

  #fail(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    const reason = error instanceof Error ? error.name : 'it exited';
    for (const { reject } of waiting) reject(unavailable(`it ended: ${reason}`));
  }
}

function unavailable(why: string): Refused<StorageCode> {
  return new Refused<StorageCode>({ code: 'store-unavailable', where: 'writer thread', why });
}
