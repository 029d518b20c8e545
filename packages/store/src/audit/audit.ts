/** The audit record of a service: who asked for what, when, and what was decided. */
import type { Outcome } from '@atesto/core';
import type { AuditCode } from '../codes.ts';
import type { AuditStep, UnvouchedEnd } from './chain-walk.ts';
import { ChainCheck } from './check.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { type AuditEntry, contentOf } from './entry.ts';
import { Journal, type JournalLimits } from './journal.ts';
import { type AuditPage, type AuditQuery, queryAudit, refusalOf } from './query.ts';
import { RefusalCounts } from './refusal-counts.ts';
import type { AuditRetention } from './rows/chain.ts';
import type { AuditRows } from './rows/rows.ts';
import { WriterChains } from './writer-chains.ts';

/** An open audit record. */
export interface Audit {
  /** How many entries wait to become durable. */
  readonly pending: number;
  /**
   * Resolves when the entry is durable: only then may the answer leave. Throws `Refused` with `audit-unavailable` when that did
   * not happen in time or too many entries wait; the entry may then be stored or not, and the answer must not leave. While the record is
   * known to be unwritable this happens at once. `retention`: how long the entry is kept; default `kept`.
   */
  record(entry: AuditEntry, retention?: AuditRetention): Promise<void>;
  /**
   * Counts a refusal of a caller who did not authenticate; each minute, and at the end, the counts become entries that are kept briefly. The
   * answer need not wait. Entries with the same `address` share a count, so give IPv6 addresses by their network. Returns whether the refusal
   * should have a log line of its own: in each minute only the first few of a kind should.
   */
  count(entry: AuditEntry): boolean;
  /** Reads a page of entries, newest first. Refuses with `audit-query-invalid`, `audit-busy`, `audit-unavailable`. */
  query(query: AuditQuery): Promise<Outcome<AuditPage, AuditCode>>;
  /**
   * Verifies a part of the chains, from a `next` of an earlier step on; absent: from the beginning. Refuses with `audit-query-invalid`,
   * `audit-busy`, `audit-unavailable`.
   */
  verify(cursor?: string, rows?: number): Promise<Outcome<AuditStep, AuditCode>>;
  /** Vouches for ends of chains that a step found good. */
  vouchFor(ends: readonly UnvouchedEnd[]): Promise<void>;
  /** Removes all entries from before a time; the outcome is their number. Refuses with `audit-unavailable`. */
  removeExpired(beforeMs: number, retention?: AuditRetention): Promise<Outcome<number, AuditCode>>;
  /** Writes the waiting entries and accepts no more. Close the store after this. */
  close(): Promise<void>;
}

/** The pause between heads that vouch for what was stored, in milliseconds. */
const vouchEveryMs = 60_000;

/** The span over which refusals are counted, in milliseconds. */
const countMs = 60_000;

/** How many queries and verifications run at the same time, and how many wait. */
const readers = { running: 2, waiting: 16 };

/** Opens the audit record of a store (`store.audit`). */
export function openAudit(rows: AuditRows, limits: JournalLimits = {}): Audit {
  const journal = new Journal(rows, new WriterChains(rows.seal), limits);
  const limit = new ConcurrencyLimit(readers);
  const check = new ChainCheck(rows);
  // When the database is down, the next call vouches for more.
  const vouch = (): Promise<void> => rows.vouch().catch(() => {});
  const counts = new RefusalCounts();
  const recordCounts = async (): Promise<void> => {
    const written = counts.take().map((entry) => journal.write({ content: contentOf(entry), retention: 'brief' }));
    // Nobody waits for them. If they cannot be written, the health of the record reports it.
    await Promise.allSettled(written);
  };
  const timers = [setInterval(() => void vouch(), vouchEveryMs), setInterval(() => void recordCounts(), countMs)];
  for (const timer of timers) timer.unref();
  return {
    get pending() {
      return journal.pending;
    },
    record: (entry, retention = 'kept') => journal.write({ content: contentOf(entry), retention }),
    count: (entry) => counts.add(entry),
    query: (query) => limit.run(() => queryAudit(rows, query)),
    verify: (cursor, count) => limit.run(() => check.step(cursor, count)),
    vouchFor: (ends) => check.vouchFor(ends),
    removeExpired: (beforeMs, retention = 'kept') => removeExpired(rows, beforeMs, retention),
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.all([recordCounts(), journal.close()]);
      await vouch();
    },
  };
}

const batchRows = 2000;

/** Removes all entries from before a time; the outcome is their number. Refuses with `audit-unavailable`. */
export async function removeExpired(
  rows: AuditRows,
  beforeMs: number,
  retention: AuditRetention,
): Promise<Outcome<number, AuditCode>> {
  try {
    let removed = 0;
    for (;;) {
      const count = await rows.remove(beforeMs, batchRows, retention);
      removed += count;
      if (count < batchRows) return { ok: true, value: removed };
    }
  } catch (error) {
    return { ok: false, refusal: refusalOf(error) };
  }
}
