/**
 * Links audit rows into one chain per writer, and heads into one chain per store. The format is specified in docs/audit-record.md: a row's
 * leaf hash is that of RFC 6962, section 2.1, so that a public Merkle log can be built over the same leaves.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { AuditHeadTable, AuditRow } from '../../database/schema.ts';
import { auditColumns } from './table.ts';

/** How long rows of a writer are kept: `kept` as `audit.retentionDays` says, `brief` as `audit.anonymousRetentionDays` says. */
export type AuditRetention = 'kept' | 'brief';

/** A row that is not linked yet. */
export type UnlinkedAuditRow = Omit<AuditRow, 'link'>;

/** Where a row stands: its writer (16 hex digits) and its number in that writer's chain, from 1 without gaps. */
export interface AuditPosition {
  readonly writer: string;
  readonly sequence: number;
}

/** The largest number of a row within its chain; a writer that reaches it is succeeded by a new one. */
export const lastSequence = 2 ** 32 - 1;

const retentionDigits = { kept: '0', brief: '1' } as const satisfies Record<AuditRetention, string>;

/** The position of a row: its id is the time (12 hex digits), the writer (16) and the sequence (8). */
export function positionOf(id: string): AuditPosition {
  return { writer: id.slice(12, 28), sequence: Number.parseInt(id.slice(28), 16) };
}

/** The position as it stands in ids: 24 hex digits; sorts by writer, then by sequence. */
export function positionText({ writer, sequence }: AuditPosition): string {
  return writer + sequence.toString(16).padStart(8, '0');
}

/** A writer's name from 15 random hex digits; its first digit encodes the retention. */
export function writerName(retention: AuditRetention, random: string): string {
  return retentionDigits[retention] + random;
}

/** How long the rows of a writer are kept. */
export function retentionOf(writer: string): AuditRetention {
  return writer.startsWith(retentionDigits.brief) ? 'brief' : 'kept';
}

/** The canonical form of a row: a JSON array without white space of its columns in the order of {@link auditColumns}. */
export function canonicalRow(row: UnlinkedAuditRow): string {
  return JSON.stringify(['atesto-audit-row-1', ...auditColumns.map((column) => row[column])]);
}

/** SHA-256 of a zero byte and the canonical form in UTF-8, as base64url: the leaf hash of RFC 6962, section 2.1. */
export function leafHash(row: UnlinkedAuditRow): string {
  return hash('sha256', `\0${canonicalRow(row)}`, 'base64url');
}

/** Computes links and heads under a key that is derived from the store's integrity key. */
export class AuditSeal {
  readonly #key: Uint8Array;

  constructor(integrityKey: Uint8Array) {
    this.#key = createHmac('sha256', integrityKey).update('atesto-audit-1').digest();
  }

  /** What the first row of a writer is linked to. */
  origin(writer: string): string {
    return this.#mac(['origin', writer]);
  }

  /** The link of a row: over its leaf hash and the link of the row before it. */
  link(previous: string, row: UnlinkedAuditRow): string {
    return this.#mac(['row', previous, leafHash(row)]);
  }

  /** The code of a head: over its content and the code of the head before it (`''` for the first). */
  head(previous: string, head: Omit<AuditHeadTable, 'mac'>): string {
    const { sequence, writer, kind, through, link, at_ms, detail } = head;
    return this.#mac(['head', previous, sequence, writer, kind, through, link, at_ms, detail]);
  }

  #mac(parts: readonly (string | number | null)[]): string {
    return createHmac('sha256', this.#key).update(JSON.stringify(parts)).digest('base64url');
  }
}

/** Compares two links or codes in constant time. */
export function sameCode(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
