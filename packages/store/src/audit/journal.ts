/**
 * Makes entries durable before their answers leave, without limiting throughput: entries that arrive during a write share the next one. An
 * entry that cannot be written in time is refused, and so is its answer; nothing is dropped silently. A batch that was started holds positions
 * in the chains, so it is retried until it is stored. While it is late, new entries are refused at once.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '@atesto/core';
import type { AuditCode } from '../codes.ts';
import { JournalBatch } from './journal-batch.ts';
import type { AuditRows } from './rows/rows.ts';
import type { PendingEntry, WriterChains } from './writer-chains.ts';

/** The limits of a journal. */
export interface JournalLimits {
  /** How many entries may wait, including those being written; default 20,000. */
  readonly capacity?: number | undefined;
  /** The largest number of entries in one write; default 1,000. */
  readonly batchSize?: number | undefined;
  /** How long an entry may wait before it is refused, in milliseconds; default 5,000. */
  readonly timeoutMs?: number | undefined;
  /**
   * How long a write waits for more entries, in milliseconds; default 0, because entries that arrive during one write share the next
   * anyway, and clients that wait for their answers send nothing new meanwhile.
   */
  readonly batchDelayMs?: number | undefined;
  /** Called with the reason when entries cannot be written, and with undefined when they can again. */
  readonly onState?: ((failure: string | undefined) => void) | undefined;
}

const minPauseMs = 20;
const maxPauseMs = 500;

/** Writes audit rows in batches, one batch at a time. */
export class Journal {
  readonly #rows: Pick<AuditRows, 'append'>;
  readonly #chains: WriterChains;
  readonly #limits: { [Limit in Exclude<keyof JournalLimits, 'onState'>]-?: number };
  readonly #onState: (failure: string | undefined) => void;
  readonly #closing = new AbortController();
  #queue: JournalBatch[] = [];
  #pending = 0;
  #running: Promise<void> | undefined;
  /** Why entries are refused at once; undefined: they are written. */
  #failure: string | undefined;

  constructor(rows: Pick<AuditRows, 'append'>, chains: WriterChains, limits: JournalLimits = {}) {
    this.#rows = rows;
    this.#chains = chains;
    this.#onState = limits.onState ?? (() => {});
    this.#limits = {
      capacity: limits.capacity ?? 20_000,
      batchSize: limits.batchSize ?? 1000,
      timeoutMs: limits.timeoutMs ?? 5000,
      batchDelayMs: limits.batchDelayMs ?? 0,
    };
  }

  /** How many entries wait to become durable. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves when the entry is durable; throws `Refused` with `audit-unavailable` when that did not happen in time. */
  write(entry: PendingEntry): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.reject(unavailable('the journal is closed'));
    if (this.#failure !== undefined) return Promise.reject(unavailable(this.#failure));
    if (this.#pending >= this.#limits.capacity) {
      return Promise.reject(unavailable(`${this.#pending} entries are waiting to be written`));
    }
    this.#pending += 1;
    let batch = this.#queue.at(-1);
    if (batch === undefined || batch.entries.length >= this.#limits.batchSize) {
      batch = new JournalBatch(this.#limits.timeoutMs, (late, failure) => this.#refuse(late, failure));
      this.#queue.push(batch);
    }
    batch.entries.push(entry);
    this.#running ??= this.#run();
    return batch.written;
  }

  /** Writes the waiting entries and accepts no more. Does not wait for a batch that is late. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#collect();
      const batch = this.#queue.shift();
      if (batch === undefined) break;
      // Nobody waits for a batch that was refused before it was begun, and it has no place in a chain.
      if (!batch.isRefused) await this.#writeBatch(batch);
      this.#pending -= batch.entries.length;
    }
    this.#running = undefined;
  }

  // Entries that arrive meanwhile join the next batch.
  async #collect(): Promise<void> {
    if (this.#limits.batchDelayMs > 0 && this.#pending < this.#limits.batchSize) await pause(this.#limits.batchDelayMs);
    else await new Promise(setImmediate);
  }

  async #writeBatch(batch: JournalBatch): Promise<void> {
    const rows = this.#chains.sealed(batch.entries);
    let pauseMs = minPauseMs;
    while (!(batch.isRefused && this.#closing.signal.aborted)) {
      try {
        await this.#rows.append(rows);
        this.#setFailure(undefined);
        return batch.resolve();
      } catch (error) {
        if (!(error instanceof Refused)) return this.#abandon(batch, error);
        // Rows carry their identity, so writing again what may have been written already is harmless.
        batch.failure = error.refusal.why;
        if (batch.isRefused) this.#setFailure(batch.failure);
      }
      // A batch that nobody waits for does not keep the process.
      const options = { signal: batch.pauseSignal(this.#closing.signal), ref: !batch.isRefused };
      await pause(pauseMs, undefined, options).catch(() => {});
      pauseMs = Math.min(maxPauseMs, pauseMs * 2);
    }
  }

  /** The rows themselves cannot be stored, so the chains end before them. */
  #abandon(batch: JournalBatch, error: unknown): void {
    this.#chains.begin();
    batch.refuse(unavailable(`the entry cannot be stored: ${error instanceof Error ? error.name : 'unknown'}`));
  }

  #refuse(batch: JournalBatch, failure: string): void {
    batch.refuse(unavailable(failure));
    // Batches behind a late one expire by themselves; only an attempted batch tells about the state of the store.
    if (!this.#queue.includes(batch)) this.#setFailure(batch.failure ?? failure);
  }

  #setFailure(failure: string | undefined): void {
    if (this.#failure === failure) return;
    this.#failure = failure;
    this.#onState(failure);
  }
}

function unavailable(why: string): Refused<AuditCode> {
  return new Refused<AuditCode>({ code: 'audit-unavailable', where: 'audit', why });
}
