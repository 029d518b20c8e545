/**
 * Keeps entries durable while the database is down. They wait in files until it is back, so that attestation continues for as long as policies
 * are known to be in force, and nothing that was answered is missing from the record. Rows reach the database in the order of their chains:
 * later rows of this process wait behind earlier ones.
 */

import { setTimeout as pause } from 'node:timers/promises';
import { Refused } from '@atesto/core';
import type { AuditRow } from '../database/schema.ts';
import type { AuditRows } from './rows/rows.ts';
import { SpoolFiles } from './spool-segment.ts';

/** How a spool behaves. */
export interface SpoolOptions {
  /** The directory of the files. */
  readonly directory: string;
  /** How long a write to the database may take before the rows go into the file, in milliseconds; default 1,000. */
  readonly timeoutMs?: number | undefined;
  /** The pause between attempts to drain the files, in milliseconds; default 250. */
  readonly retryMs?: number | undefined;
  /** How large the file may become, in bytes; default 256 MiB. What does not fit is refused. */
  readonly maxBytes?: number | undefined;
  /** Called with the number of rows that were written to the database. */
  readonly onDrained?: ((rows: number) => void) | undefined;
  /** Called with the path of a file with malformed lines: it is kept, with another ending. */
  readonly onDamaged?: ((path: string) => void) | undefined;
  /** Called when the files fail, or when the database fails for another reason than an outage. */
  readonly onFault?: ((error: unknown) => void) | undefined;
}

/** Audit rows with a spool. */
export interface SpooledRows extends AuditRows {
  /** Stops after a last attempt. Rows that are still spooled wait for the next start. */
  close(): Promise<void>;
}

const batchRows = 1000;

/** Adds a spool to the rows of a store, and drains what an earlier process left. */
export function withSpool(rows: AuditRows, options: SpoolOptions): SpooledRows {
  const spool = new Spool(rows, options);
  spool.start();
  return {
    seal: rows.seal,
    chains: rows.chains,
    append: (some) => spool.append(some),
    scan: (filter, bounds) => rows.scan(filter, bounds),
    remove: (beforeMs, limit, retention, reason) => rows.remove(beforeMs, limit, retention, reason),
    vouch: () => rows.vouch(),
    close: () => spool.close(),
  };
}

class Spool {
  readonly #rows: AuditRows;
  readonly #options: SpoolOptions;
  readonly #files: SpoolFiles;
  readonly #closing = new AbortController();
  #draining: Promise<void> | undefined;
  #isWanted = false;
  /** Whether rows of this process wait in files: later ones must not overtake them. */
  #isAway = false;
  /** Whether the last attempt to hand rows over succeeded. */
  #isBack = false;

  constructor(rows: AuditRows, options: SpoolOptions) {
    this.#rows = rows;
    this.#options = options;
    this.#files = new SpoolFiles(options.directory, options.maxBytes ?? 268_435_456);
  }

  start(): void {
    if (this.#draining !== undefined) {
      // It may have looked for files before this one was there.
      this.#isWanted = true;
      return;
    }
    this.#draining = this.#drainUntilDone().finally(() => {
      this.#draining = undefined;
      if (this.#isWanted && !this.#closing.signal.aborted) this.start();
      this.#isWanted = false;
    });
  }

  async append(rows: readonly AuditRow[]): Promise<void> {
    // No more rows go into files meanwhile, so that the drain can finish.
    if (this.#isAway && this.#isBack) await this.#inTime(this.#draining ?? Promise.resolve());
    if (this.#isAway) this.#isAway = await this.#files.hasOwnRows();
    if (!this.#isAway && (await this.#isStored(rows))) return;
    await this.#files.write(rows);
    this.#isAway = true;
    this.start();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#draining;
    // The next check vouches for what this one cannot.
    await this.#rows.vouch().catch(() => {});
  }

  async #isStored(rows: readonly AuditRow[]): Promise<boolean> {
    let isStored = false;
    const stored = this.#rows.append(rows).then(
      () => {
        isStored = true;
      },
      (error: unknown) => {
        if (!(error instanceof Refused)) throw error;
      },
    );
    // A result after the timeout does not matter: the rows are in the file.
    stored.catch(() => {});
    await this.#inTime(stored);
    return isStored;
  }

  /** Resolves with the work, or after the timeout. */
  async #inTime(work: Promise<void>): Promise<void> {
    const timer = Promise.withResolvers<void>();
    const timeout = setTimeout(() => timer.resolve(), this.#options.timeoutMs ?? 1000);
    try {
      await Promise.race([work, timer.promise]);
    } finally {
      clearTimeout(timeout);
    }
  }

  async #drainUntilDone(): Promise<void> {
    const { retryMs = 250 } = this.#options;
    while (await this.#files.hasRows()) {
      const isThrough = await this.#drain();
      if (this.#closing.signal.aborted) return;
      if (!isThrough) await pause(retryMs, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
    }
  }

  async #drain(): Promise<boolean> {
    let count = 0;
    try {
      // Fails while the database is down, so that the files stay.
      await this.#rows.append([]);
      const damaged = await this.#files.drain(async (rows) => {
        for (let from = 0; from < rows.length; from += batchRows) {
          await this.#rows.append(rows.slice(from, from + batchRows));
        }
        count += rows.length;
      });
      for (const path of damaged) this.#options.onDamaged?.(path);
    } catch (error) {
      // The database is still down, or another process took the file. The next attempt will tell.
      if (!(error instanceof Refused) && !isTaken(error)) this.#options.onFault?.(error);
      this.#isBack = false;
      return false;
    }
    this.#isBack = true;
    if (count > 0) this.#options.onDrained?.(count);
    return true;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
