/** A worker thread with its own connection to the SQLite file. It answers requests in order. */
import { once } from 'node:events';
import type { SQLInputValue } from 'node:sqlite';
import { parentPort, Worker } from 'node:worker_threads';
import { Refused } from '@atesto/core';
import type { StorageCode } from '../codes.ts';

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

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** One thread over one file. It starts with the first request, and restarts after it died. */
export class SqliteThread<Request> {
  readonly #name: string;
  readonly #path: string;
  #worker: Worker | undefined;
  #waiting: Waiting[] = [];
  #closed = false;

  /** `name`: `writer` or `reader`, whose module is `{name}-thread`. */
  constructor(name: 'writer' | 'reader', path: string) {
    this.#name = name;
    this.#path = path;
  }

  /** Resolves with the answer, whose type the request decides. Throws what SQLite said, with its `errcode`, or `Refused` with `store-unavailable`. */
  ask<Value>(request: Request): Promise<Value> {
    if (this.#closed) return Promise.reject(this.#unavailable('the store is closed'));
    const worker = this.#worker ?? this.#start();
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      worker.ref();
      worker.postMessage(request);
    });
  }

  /** Ends the thread after the requests that it was given. */
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
    // The module has the file extension of this one, which the build changes.
    const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
    const worker = new Worker(new URL(`./${this.#name}-thread${ending}`, import.meta.url), { workerData: this.#path });
    this.#worker = worker;
    worker.on('message', (answer: ThreadAnswer<unknown>) => {
      const waiting = this.#waiting.shift();
      if (this.#waiting.length === 0) worker.unref();
      if (answer.ok) waiting?.resolve(answer.value);
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
    for (const { reject } of waiting) reject(this.#unavailable(`it ended: ${reason}`));
  }

  #unavailable(why: string): Refused<StorageCode> {
    return new Refused<StorageCode>({ code: 'store-unavailable', where: `${this.#name} thread`, why });
  }
}

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
