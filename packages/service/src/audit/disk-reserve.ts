/**
 * Reserves disk space for the entries that matter. While less is free, entries of refusals are dropped and counted, so that allowed and
 * administrative requests are recorded until the reserve itself is used up.
 */
import { statfs } from 'node:fs/promises';
import type { Audit, AuditEntry } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import type { AuditHealth } from './health.ts';

const everyMs = 5000;
const mebibyte = 2 ** 20;

/** Where space is reserved, and how much. */
export interface ReserveOptions {
  /** A directory on the volume. */
  readonly directory: string;
  /** In MiB; 0: nothing is reserved. */
  readonly reserveMiB: number;
  /** Free bytes of the volume of a directory; default: as the operating system says. */
  readonly freeBytes?: ((directory: string) => Promise<number>) | undefined;
}

/** Tracks whether the volume has less free space than is reserved, and how many entries were dropped. */
export class DiskReserve {
  readonly #options: ReserveOptions;
  readonly #health: Pick<AuditHealth, 'reserved'>;
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;
  #isLow = false;
  #dropped = 0;

  constructor(options: ReserveOptions, health: Pick<AuditHealth, 'reserved'>, log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#options = options;
    this.#health = health;
    this.#log = log;
  }

  /** Checks the free space. If that fails, space counts as available: a write will report what is wrong. */
  async poll(): Promise<void> {
    const { directory, reserveMiB, freeBytes = freeBytesOf } = this.#options;
    const free = await freeBytes(directory).catch(() => undefined);
    const wasLow = this.#isLow;
    this.#isLow = free !== undefined && free < reserveMiB * mebibyte;
    if (this.#isLow && !wasLow) {
      const why = `the volume of ${directory} has less than audit.reserveMiB (${reserveMiB} MiB) free; free some`;
      this.#health.reserved(`${why}: entries of refusals are dropped`);
    }
    if (!this.#isLow && wasLow) {
      this.#health.reserved(undefined);
      this.logDropped();
    }
  }

  /** Whether an entry is dropped; a dropped entry is counted. */
  drops({ verdict, operation, caller }: AuditEntry): boolean {
    const isAdministrative = operation !== 'attest' && caller !== undefined;
    if (!this.#isLow || verdict === 'allowed' || isAdministrative) return false;
    this.#dropped += 1;
    return true;
  }

  /** Logs how many entries were dropped since the last line, if any. */
  logDropped(): void {
    if (this.#dropped === 0) return;
    this.#log.warn({ event: 'audit-reserve', dropped: this.#dropped }, 'audit entries of refusals were dropped');
    this.#dropped = 0;
  }
}

/** An audit record that respects the reserve. Polls every five seconds until it is closed. */
export function withReserve(audit: Audit, reserve: DiskReserve): Audit {
  let polling = reserve.poll();
  const timer = setInterval(() => {
    polling = polling.then(() => reserve.poll());
  }, everyMs).unref();
  return {
    ...audit,
    get pending() {
      return audit.pending;
    },
    record: async (entry, retention) => {
      if (!reserve.drops(entry)) await audit.record(entry, retention);
    },
    count: (entry) => {
      // The entry is dropped, so the log line is its only trace.
      if (reserve.drops(entry)) return true;
      return audit.count(entry);
    },
    close: async () => {
      clearInterval(timer);
      await polling;
      await audit.close();
      reserve.logDropped();
    },
  };
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
