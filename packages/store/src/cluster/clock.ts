/**
 * Keeps what the store knows about time: other clocks, the time that an operator accepted, and for how long instances have run, which no jump
 * of a wall clock changes.
 */
import type { Outcome } from '@atesto/core';
import { type Kysely, sql } from 'kysely';
import { z } from 'zod';
import type { StorageCode } from '../codes.ts';
import { asOutcome } from '../database/database-errors.ts';
import type { ClusterRows } from '../database/engine.ts';
import type { Schema } from '../database/schema.ts';
import type { StoreContext } from '../documents/change.ts';
import type { ChangeOrigin } from '../documents/document.ts';
import { currentDocument } from '../documents/documents.ts';

/** What the clock of an instance can be compared with. Times are milliseconds since 1970-01-01T00:00Z. */
export interface ClockEvidence {
  /** What the instance's own clock said when the others were read. */
  readonly ownMs: number;
  /** The clock of the database server, and by how much each other live instance is ahead of it; absent on SQLite. */
  readonly shared?: { readonly databaseMs: number; readonly offsetsMs: readonly number[] };
  /** On SQLite: the newest time in the store; 0: there is none. */
  readonly newestMs?: number;
  /** What an operator accepted last; absent: nothing. */
  readonly accepted?: AcceptedTime;
}

const acceptedTime = z.strictObject({
  /** The time that is right. */
  atMs: z.int(),
  /** By how much it was ahead of the database server's clock. */
  databaseOffsetMs: z.int().nullable(),
  /** The newest time in the store then: what was written up to it proves nothing. */
  newestMs: z.int().nullable(),
});

/** A time that an operator accepted. */
export type AcceptedTime = Readonly<z.infer<typeof acceptedTime>>;

const name = { providerId: '', kind: 'settings', name: 'store/clock' } as const;

/** The dependencies of a store clock. */
export interface StoreClockDeps {
  readonly context: StoreContext;
  readonly cluster: ClusterRows | undefined;
  readonly instance: string;
  readonly leaseMs: number;
}

/** The clock of a store. */
export class StoreClock {
  readonly #deps: StoreClockDeps;
  /** By the steady clock of this process. */
  #beatAt: number | undefined;

  constructor(parts: StoreClockDeps) {
    this.#deps = parts;
  }

  /** Reads the other clocks. @param nowMs this instance's own clock */
  evidence(nowMs: () => number): Promise<Outcome<ClockEvidence, StorageCode>> {
    const { context, cluster, instance, leaseMs } = this.#deps;
    return asOutcome(async () => {
      const row = await currentDocument(context.source, name);
      const accepted = row === undefined ? {} : { accepted: acceptedTime.parse(JSON.parse(row.content ?? 'null')) };
      if (cluster === undefined) return { ownMs: nowMs(), newestMs: await newestIn(context.source.db), ...accepted };
      const offsetsMs = await cluster.offsets(instance, leaseMs);
      const before = nowMs();
      const databaseMs = await cluster.nowMs();
      return { ownMs: (before + nowMs()) / 2, shared: { databaseMs, offsetsMs }, ...accepted };
    });
  }

  /** Records that an operator vouches for the time, whatever the database or the newest time in the store says. */
  accept(nowMs: number, origin: ChangeOrigin): Promise<Outcome<AcceptedTime, StorageCode>> {
    const { context, cluster } = this.#deps;
    return context.change(async (change) => {
      const databaseOffsetMs = cluster === undefined ? null : Math.round(nowMs - (await cluster.nowMs()));
      const newestMs = cluster === undefined ? await newestIn(change.db) : null;
      const content: AcceptedTime = { atMs: nowMs, databaseOffsetMs, newestMs };
      await change.append(name, { action: 'set', content: JSON.stringify(content) }, origin);
      return content;
    });
  }

  /** For how long instances have run on this store, in milliseconds. */
  async running(): Promise<number> {
    const row = await this.#deps.context.source.db.selectFrom('store_clock').select('running_ms').executeTakeFirst();
    return row?.running_ms ?? 0;
  }

  /**
   * Counts the time since the last beat of any instance, but never more than has passed for this one: a jump of either clock adds nothing.
   * @param wallMs on SQLite, where the instance is alone: its clock
   */
  beat(wallMs: number): Promise<Outcome<void, StorageCode>> {
    return asOutcome(async () => {
      const { cluster, context } = this.#deps;
      const steady = performance.now();
      const elapsed = Math.floor(steady - (this.#beatAt ?? steady));
      const nowMs = Math.floor(cluster === undefined ? wallMs : await cluster.nowMs());
      // Written out so that both databases do it in one statement.
      await sql`update store_clock set
        running_ms = running_ms + case
          when ${nowMs} - beat_at_ms <= 0 then 0
          when ${nowMs} - beat_at_ms < ${elapsed} then ${nowMs} - beat_at_ms
          else ${elapsed} end,
        beat_at_ms = ${nowMs}`.execute(context.source.db);
      this.#beatAt = steady;
    });
  }
}

/** The newest time that anything in the store has; 0: there is none. */
async function newestIn(db: Kysely<Schema>): Promise<number> {
  const document = await db
    .selectFrom('documents')
    .select(({ fn }) => fn.max('at_ms').as('at_ms'))
    .executeTakeFirst();
  const entry = await db.selectFrom('audit').select('at_ms').orderBy('id', 'desc').limit(1).executeTakeFirst();
  const beat = await db.selectFrom('store_clock').select('beat_at_ms as at_ms').executeTakeFirst();
  return Math.max(0, ...[document, entry, beat].map((row) => row?.at_ms ?? 0));
}
