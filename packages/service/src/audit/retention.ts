/** How long are entries kept? Older ones are removed a little at a time, so that recording goes on meanwhile. */
import type { Outcome } from '@atesto/evidence';
import type { AuditRows } from '../storage/index.ts';
import type { AuditCode } from './codes.ts';
import { refusalOf } from './query.ts';

const portion = 2000;

/** Removes all entries from before a time; the outcome is their number. Refuses with `audit-unavailable`. */
export async function removeExpired(rows: AuditRows, beforeMs: number): Promise<Outcome<number, AuditCode>> {
  try {
    let removed = 0;
    for (;;) {
      const count = await rows.remove(beforeMs, portion);
      removed += count;
      if (count < portion) return { ok: true, value: removed };
    }
  } catch (error) {
    return { ok: false, refusal: refusalOf(error) };
  }
}
