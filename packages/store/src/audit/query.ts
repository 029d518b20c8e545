/** Finds audit entries, newest first, one page at a time. A cursor stays valid while entries are added and removed. */
import { type Outcome, Refused, refuse } from '@atesto/core';
import type { AuditCode } from '../codes.ts';
import { entryOf, type StoredAuditEntry } from './entry.ts';
import type { AuditFilter } from './rows/query.ts';
import type { AuditRows } from './rows/rows.ts';

/** Which entries to read. */
export interface AuditQuery extends AuditFilter {
  /** Where the page before ended, see {@link AuditPage.next}. */
  readonly cursor?: string | undefined;
  /** How many entries, 1 to 1,000; default 100. */
  readonly limit?: number | undefined;
}

/** One page of entries, newest first. */
export interface AuditPage {
  readonly entries: readonly StoredAuditEntry[];
  /**
   * The cursor of the page after this one; absent on the last page. A page ends after a number of rows that were looked at, so it can hold
   * fewer entries than asked for, even none, and yet have a `next`.
   */
  readonly next?: string;
}

/** The largest number of rows that one page scans. */
export const scannedRowsPerPage = 20_000;

const cursorForm = /^[0-9a-f]{36}$/;
const maxPageSize = 1000;

/** Reads a page. Refuses with `audit-query-invalid` or `audit-unavailable`. */
export async function queryAudit(rows: AuditRows, query: AuditQuery): Promise<Outcome<AuditPage, AuditCode>> {
  try {
    const { cursor, limit = 100, ...filter } = query;
    checkQuery(query, limit);
    const { rows: found, next } = await rows.scan(filter, { below: cursor, limit, scanRows: scannedRowsPerPage });
    return { ok: true, value: { entries: found.map(entryOf), ...(next === undefined ? {} : { next }) } };
  } catch (error) {
    return { ok: false, refusal: refusalOf(error) };
  }
}

/** The refusal of an audit operation for what it threw; bugs stay thrown. */
export function refusalOf(error: unknown): Refused<AuditCode>['refusal'] {
  if (!(error instanceof Refused)) throw error;
  const { code, where, why } = error.refusal;
  return { code: code === 'audit-query-invalid' ? code : 'audit-unavailable', where, why };
}

function checkQuery({ cursor, fromMs, beforeMs, ...rest }: AuditQuery, limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxPageSize) {
    refuse<AuditCode>('audit-query-invalid', 'limit', `it must be a whole number from 1 to ${maxPageSize}`);
  }
  if (cursor !== undefined && !cursorForm.test(cursor)) {
    refuse<AuditCode>('audit-query-invalid', 'cursor', 'it is not one that an earlier page gave');
  }
  for (const [name, value] of Object.entries({ fromMs, beforeMs })) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0 && value < 2 ** 48)) {
      refuse<AuditCode>('audit-query-invalid', name, 'it is not a time in milliseconds since 1970');
    }
  }
  for (const [name, value] of Object.entries(rest)) {
    if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
      refuse<AuditCode>('audit-query-invalid', name, 'it holds a NUL character or a lone surrogate');
    }
  }
}
