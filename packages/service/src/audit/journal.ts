/**
 * How does an entry become durable before the answer leaves, without costing the throughput? Entries that arrive while a write
 * is under way share the next one, so the disk is waited for once for many. What cannot be written in time is refused, and so
 * is its answer: nothing is dropped silently.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '@atesto/evidence';
import type { AuditRow, AuditRows } from '../storage/index.ts';
import type { AuditCode } from './codes.ts';

/** The limits of a journal. */
export interface JournalLimits {
  /** How many entries may wait, those being written included; default 20,000. */
  readonly capacity?: number | undefined;
  /** How many entries one write takes at most; default 1,000. */
  readonly batchSize?: number | undefined;
  /** How long an entry may wait before it is refused, in milliseconds; default 5,000. */
  readonly patienceMs?: number | undefined;
  /**
   * How long a write waits for more entries, in milliseconds; default 0: what arrives during one write shares the next anyway, and
   * clients that wait for their answers send nothing new meanwhile.
   */
  readonly lingerMs?: number | undefined;
}

const firstPauseMs = 20;
const longestPauseMs = 500;

/** Rows that are written together, and the promise that all their callers wait for. */
interface Batch {
  readonly rows: AuditRow[];
  readonly written: Promise<void>;
  readonly signal: AbortSignal;
  resolve(): void;
  refuse(why: string): void;
}

/** Writes audit rows in batches, one batch at a time. */
export class Journal {
  readonly #rows: Pick<AuditRows, 'append'>;
  readonly #limits: { [Limit in keyof JournalLimits]-?: number };
  #queue: Batch[] = [];
  #pending = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(rows: Pick<AuditRows, 'append'>, limits: JournalLimits = {}) {
    this.#rows = rows;
    this.#limits = {
      capacity: limits.capacity ?? 20_000,
      batchSize: limits.batchSize ?? 1000,
      patienceMs: limits.patienceMs ?? 5000,
      lingerMs: limits.lingerMs ?? 0,
    };
  }

  /** How many rows wait to become durable. */
  get pending(): number {
    return this.#pending;
  }

  /** Resolves when the row is durable; throws `Refused` with `audit-unavailable` when that did not happen in time. */
  write(row: AuditRow): Promise<void> {
    if (this.#closed) return Promise.reject(unavailable('the journal is closed'));
    if (this.#pending >= this.#limits.capacity) {
      return Promise.reject(unavailable(`${this.#pending} entries wait to be written`));
    }
    this.#pending += 1;
    let batch = this.#queue.at(-1);
    if (batch === undefined || batch.rows.length >= this.#limits.batchSize) {
      batch = openBatch(this.#limits.patienceMs);
      this.#queue.push(batch);
    }
    batch.rows.push(row);
    this.#running ??= this.#run();
    return batch.written;
  }

  /** Writes what waits and accepts no more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#linger();
      const batch = this.#queue.shift();
      if (batch === undefined) break;
      await this.#writeBatch(batch);
      this.#pending -= batch.rows.length;
    }
    this.#running = undefined;
  }

  // What arrives meanwhile goes into the batch that is written next.
  async #linger(): Promise<void> {
    if (this.#limits.lingerMs > 0 && this.#pending < this.#limits.batchSize) await pause(this.#limits.lingerMs);
    else await new Promise(setImmediate);
  }

  async #writeBatch(batch: Batch): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!batch.signal.aborted) {
      try {
        await this.#rows.append(batch.rows);
        return batch.resolve();
      } catch (error) {
        // Rows carry their identity, so writing again what may have been written already is harmless.
        if (!(error instanceof Refused)) return batch.refuse('the entry cannot be stored');
      }
      await pause(pauseMs, undefined, { signal: batch.signal }).catch(() => {});
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
  }
}

function openBatch(patienceMs: number): Batch {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const expiry = new AbortController();
  const settle = () => {
    clearTimeout(timer);
    expiry.abort();
  };
  const refuse = (why: string) => {
    settle();
    reject(unavailable(why));
  };
  const timer = setTimeout(() => refuse(`it was not durable within ${patienceMs} ms`), patienceMs);
  return {
    rows: [],
    written: promise,
    signal: expiry.signal,
    resolve: () => {
      settle();
      resolve();
    },
    refuse,
  };
}

function unavailable(why: string): Refused<AuditCode> {
  return new Refused<AuditCode>({ code: 'audit-unavailable', where: 'audit', why });
}
