/** The audit record of a service: who asked for what, when, and what was decided. */
import { randomBytes } from 'node:crypto';
import type { Outcome } from '@atesto/evidence';
import type { AuditRows } from '../storage/index.ts';
import type { AuditCode } from './codes.ts';
import { type AuditEntry, AuditIds, rowOf } from './entry.ts';
import { Journal, type JournalLimits } from './journal.ts';
import { type AuditPage, type AuditQuery, queryAudit } from './query.ts';
import { removeExpired } from './retention.ts';

/** An open audit record. */
export interface Audit {
  /** How many entries wait to become durable. */
  readonly pending: number;
  /**
   * Resolves when the entry is durable: only then may the answer leave. Throws `Refused` with `audit-unavailable` when that did
   * not happen in time or too many entries wait; the entry may then be stored or not, and the answer must not leave.
   */
  record(entry: AuditEntry): Promise<void>;
  /** Reads a page of entries, newest first. Refuses with `audit-query-invalid`, `audit-unavailable`. */
  query(query: AuditQuery): Promise<Outcome<AuditPage, AuditCode>>;
  /** Removes all entries from before a time; the outcome is their number. Refuses with `audit-unavailable`. */
  removeExpired(beforeMs: number): Promise<Outcome<number, AuditCode>>;
  /** Writes what waits and accepts no more; close the store after this. */
  close(): Promise<void>;
}

/** Opens the audit record of a store (`store.audit`). */
export function openAudit(rows: AuditRows, limits: JournalLimits = {}): Audit {
  const journal = new Journal(rows, limits);
  const ids = new AuditIds(randomBytes(8).toString('hex'));
  return {
    get pending() {
      return journal.pending;
    },
    record: (entry) => journal.write(rowOf(entry, ids)),
    query: (query) => queryAudit(rows, query),
    removeExpired: (beforeMs) => removeExpired(rows, beforeMs),
    close: () => journal.close(),
  };
}
