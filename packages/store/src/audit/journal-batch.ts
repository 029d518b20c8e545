/** Entries that are written together, and the promise that all their callers wait for. */
import type { Refused } from '@atesto/core';
import type { AuditCode } from '../codes.ts';
import type { WaitingEntry } from './writer-chains.ts';

/** One batch; refused when it is late. */
export class JournalBatch {
  readonly entries: WaitingEntry[] = [];
  /** Resolves when the entries are durable; rejects when that is refused. */
  readonly written: Promise<void>;
  /** Why the last attempt at writing failed. */
  failure: string | undefined;
  readonly #refused = new AbortController();
  readonly #resolve: () => void;
  readonly #reject: (refused: Refused<AuditCode>) => void;
  readonly #timer: NodeJS.Timeout;

  /** `onLate` is called after `patienceMs` with the reason. */
  constructor(patienceMs: number, onLate: (batch: JournalBatch, failure: string) => void) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.written = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => onLate(this, `it was not durable within ${patienceMs} ms`), patienceMs);
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

  /** Ends a pause between attempts: when the batch is refused, and after that when the journal closes. */
  ended(closing: AbortSignal): AbortSignal {
    return this.isRefused ? closing : this.#refused.signal;
  }
}
