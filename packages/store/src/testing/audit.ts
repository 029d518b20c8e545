/** An audit record in memory, or one whose disk is away. */
import { Refused } from '@atesto/core';
import type { Audit } from '../audit/audit.ts';
import type { AuditEntry } from '../audit/entry.ts';
import { AuditSeal } from '../audit/rows/chain.ts';
import type { AuditRows } from '../audit/rows/rows.ts';

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
    count: (entry) => entries.push(entry) > 0,
    query: async () => ({ ok: true, value: { entries: [] } }),
    verify: async () => ({ ok: true, value: { rows: 0, findings: [], unvouched: [] } }),
    vouchFor: async () => {},
    removeExpired: async () => ({ ok: true, value: 0 }),
    close: async () => {},
  };
}

/** Audit rows that can be appended, and nothing else. */
export function rowsOver(append: AuditRows['append']): AuditRows {
  const absent = (): never => {
    throw new Error('the test does not read');
  };
  return {
    seal: new AuditSeal(new Uint8Array(32)),
    append,
    scan: absent,
    remove: absent,
    vouch: async () => {},
    chains: { ledger: absent, rowsOf: absent, writerAfter: absent, vouchFor: absent },
  };
}

/** What the journal throws when an entry is not durable in time. */
export function auditUnavailable(): Refused {
  return new Refused({ code: 'audit-unavailable', where: 'audit', why: 'it was not durable within 5000 ms' });
}
