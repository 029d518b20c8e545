/**
 * Keeps a reserve of disk for entries that matter: below it, entries of refusals are dropped and counted, so that allowed and
 * administrative acts go on until the reserve itself is used up.
 */
import { statfs } from 'node:fs/promises';
import type { Audit, AuditEntry } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import type { AuditHealth } from './audit-health.ts';

const everyMs = 5000;
const mebibyte = 2 ** 20;

/** What a reserve is of. */
export interface ReserveOptions {
  /** A directory on the volume. */
  readonly directory: string;
  /** In MiB; 0: nothing is reserved. */
  readonly reserveMiB: number;
  /** Free bytes of the volume of a directory; default: as the operating system says. */
  readonly freeBytes?: ((directory: string) => Promise<number>) | undefined;
}

/** Whether the volume has less room than is reserved, and what was dropped because of that. */
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

  /** Looks at the volume. A volume that cannot be looked at counts as having room: writing to it says what is wrong. */
  async look(): Promise<void> {
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
      this.tell();
    }
  }

  /** Whether an entry gives way; it is counted when it does. */
  drops({ verdict, operation, caller }: AuditEntry): boolean {
    const isAdministrative = operation !== 'attest' && caller !== undefined;
    if (!this.#isLow || verdict === 'allowed' || isAdministrative) return false;
    this.#dropped += 1;
    return true;
  }

  /** Tells in one line how many entries were dropped since the last line; nothing when none were. */
  tell(): void {
    if (this.#dropped === 0) return;
    this.#log.warn({ event: 'audit-reserve', dropped: this.#dropped }, 'audit entries of refusals were dropped');
    this.#dropped = 0;
  }
}

/** An audit record whose entries give way to the reserve. Looks every five seconds; closing it ends that. */
export function withReserve(audit: Audit, reserve: DiskReserve): Audit {
  let looking = reserve.look();
  const timer = setInterval(() => {
    looking = looking.then(() => reserve.look());
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
      // Nobody will see the entry: the log line is all that is left of it.
      if (reserve.drops(entry)) return true;
      return audit.count(entry);
    },
    close: async () => {
      clearInterval(timer);
      await looking;
      await audit.close();
      reserve.tell();
    },
  };
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
