/** Entries that are written together, and the promise that all their callers wait for. */
import type { Refused } from '@atesto/core';
import type { AuditCode } from '../codes.ts';
import type { PendingEntry } from './writer-chains.ts';

/** One batch. It is refused when it is late. */
export class JournalBatch {
  readonly entries: PendingEntry[] = [];
  /** Resolves when the entries are durable; rejects when that is refused. */
  readonly written: Promise<void>;
  /** Why the last attempt at writing failed. */
  failure: string | undefined;
  readonly #refused = new AbortController();
  readonly #resolve: () => void;
  readonly #reject: (refused: Refused<AuditCode>) => void;
  readonly #timer: NodeJS.Timeout;

  /** `onLate` is called after `timeoutMs` with the reason. */
  constructor(timeoutMs: number, onLate: (batch: JournalBatch, failure: string) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.written = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => onLate(this, `it was not durable within ${timeoutMs} ms`), timeoutMs);
  }

  /** Whether its callers were refused. */
  get isRefused(): boolean {
    return this.#refused.signal.aborted;
  }

  resolve(): void {
    clearTimeout(this.#timer);
    this.#resolve();
  }

  refuse(refused: Refused<AuditCode>): void {
    clearTimeout(this.#timer);
    this.#refused.abort();
    this.#reject(refused);
  }

  /** Ends a pause between attempts: when the batch is refused, or, if it was refused before, when the journal closes. */
  pauseSignal(closing: AbortSignal): AbortSignal {
    return this.isRefused ? closing : this.#refused.signal;
  }
}
