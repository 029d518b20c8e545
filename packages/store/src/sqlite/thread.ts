/** A worker thread with its own connection to the SQLite file. It answers requests in order. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Refused } from '@atesto/core';
import type { StorageCode } from '../codes.ts';
import type { ThreadAnswer } from './answer-requests.ts';

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
