/**
 * Permanent deletion in two steps. What has expired by the clock is marked first. It is deleted once instances have run for a delay since then
 * and the clock still agrees. An operator can stop all deletions.
 */
import type { Outcome } from '@atesto/core';
import { z } from 'zod';
import type { StoreClock } from '../cluster/clock.ts';
import type { StorageCode } from '../codes.ts';
import { asOutcome } from '../database/database-errors.ts';
import type { StoreContext } from './change.ts';
import type { ChangeOrigin } from './document.ts';
import { currentDocument } from './documents.ts';

/** What can be deleted permanently: private parts of keys, audit entries, and audit entries that are kept briefly. */
export type DeletionKind = 'key' | 'audit' | 'audit-brief';

/** One mark. */
export interface DeletionMark {
  readonly kind: DeletionKind;
  /** A key as `{provider id}/{key id}`; for audit entries the time before which they were written, in milliseconds since 1970. */
  readonly subject: string;
  /** For how long instances must still run before it is deleted, in milliseconds; 0: it may be deleted now. */
  readonly remainingMs: number;
}

/** All marks, and whether deletion is stopped. */
export interface PendingDeletions {
  readonly isStopped: boolean;
  readonly marks: readonly DeletionMark[];
}

const name = { providerId: '', kind: 'settings', name: 'store/deletions' } as const;
const content = z.strictObject({ isStopped: z.boolean() });
const kinds = z.enum(['key', 'audit', 'audit-brief']);

/** The deletions of a store. */
export class Deletions {
  readonly #context: StoreContext;
  readonly #clock: StoreClock;

  constructor(context: StoreContext, clock: StoreClock) {
    this.#context = context;
    this.#clock = clock;
  }

  /** The current marks. */
  pending(): Promise<Outcome<PendingDeletions, StorageCode>> {
    return asOutcome(async () => {
      const running = await this.#clock.running();
      const rows = await this.#context.source.db
        .selectFrom('deletion_marks')
        .selectAll()
        .orderBy('due_running_ms')
        .execute();
      const marks = rows.map(({ kind, subject, due_running_ms: due }) => ({
        kind: kinds.parse(kind),
        subject,
        remainingMs: Math.max(0, due - running),
      }));
      return { isStopped: await this.#isStopped(), marks };
    });
  }

  /** Stops or resumes deletion. */
  setStopped(isStopped: boolean, origin: ChangeOrigin): Promise<Outcome<void, StorageCode>> {
    return this.#context.change(async (change) => {
      await change.append(name, { action: 'set', content: JSON.stringify({ isStopped }) }, origin);
    });
  }

  /**
   * Marks expired subjects, drops marks of the same kind and scope for all others, and returns what may be deleted now.
   * @param isOwn which marks of the kind this call owns
   */
  due(
    kind: DeletionKind,
    subjects: readonly string[],
    delayMs: number,
    isOwn: (subject: string) => boolean,
  ): Promise<Outcome<readonly string[], StorageCode>> {
    return asOutcome(async () => {
      const { db } = this.#context.source;
      const running = await this.#clock.running();
      const rows = await db.selectFrom('deletion_marks').selectAll().where('kind', '=', kind).execute();
      const own = rows.filter(({ subject }) => isOwn(subject));
      const gone = own.filter(({ subject }) => !subjects.includes(subject)).map(({ subject }) => subject);
      if (gone.length > 0) {
        await db.deleteFrom('deletion_marks').where('kind', '=', kind).where('subject', 'in', gone).execute();
      }
      const due = new Map(own.map(({ subject, due_running_ms: at }) => [subject, at]));
      const fresh = subjects.filter((subject) => !due.has(subject));
      for (const subject of fresh) {
        const mark = { kind, subject, due_running_ms: Math.ceil(running + delayMs) };
        await db
          .insertInto('deletion_marks')
          .values(mark)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        due.set(subject, mark.due_running_ms);
      }
      if (await this.#isStopped()) return [];
      return subjects.filter((subject) => (due.get(subject) ?? Number.POSITIVE_INFINITY) <= running);
    });
  }

  async #isStopped(): Promise<boolean> {
    const row = await currentDocument(this.#context.source, name);
    return row !== undefined && content.parse(JSON.parse(row.content ?? 'null')).isStopped;
  }
}
