/** An audit record in memory, or one whose disk is away. */
import { Refused } from '@atesto/evidence';
import type { Audit, AuditEntry } from '../audit/index.ts';

/** An audit record that keeps its entries where a test can see them. */
export interface SeenAudit extends Audit {
  readonly entries: AuditEntry[];
}

/** One in memory; `fails` makes it refuse, or throw, instead. */
export function seenAudit(fails?: () => Error): SeenAudit {
  const entries: AuditEntry[] = [];
  return {
    entries,
    pending: 0,
    record: async (entry) => {
      if (fails !== undefined) throw fails();
      entries.push(entry);
    },
    query: async () => ({ ok: true, value: { entries: [] } }),
    removeExpired: async () => ({ ok: true, value: 0 }),
    close: async () => {},
  };
}

/** What the journal throws when an entry is not durable in time. */
export function auditUnavailable(): Refused {
  return new Refused({ code: 'audit-unavailable', where: 'audit', why: 'it was not durable within 5000 ms' });
}
