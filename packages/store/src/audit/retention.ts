/** Removes entries that are older than they are kept, a little at a time, so that recording goes on meanwhile. */
import type { Outcome } from '@atesto/core';
import type { AuditCode } from './codes.ts';
import { refusalOf } from './query.ts';
import type { AuditRetention } from './rows/chain.ts';
import type { AuditRows } from './rows/rows.ts';

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
