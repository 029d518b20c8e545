/** Walks the chains of all writers, ordered by name, and collects findings. */
import type { AuditRow } from '../database/schema.ts';
import { positionOf, positionText, sameCode } from './rows/chain.ts';
import type { AuditLedger } from './rows/ledger.ts';
import type { AuditRows } from './rows/rows.ts';

/** Small enough that hashing a page does not block the service. */
const pageRows = 250;
/** A step ends with the page that brings this many findings. */
const maxFindings = 100;
/** Sorts after every id. */
const lastId = 'g';

/** The position of the walk in one chain. */
interface Walked {
  readonly sequence: number;
  /** The link of that row; undefined: unknown, because rows are missing. */
  readonly link: string | undefined;
}

/** One bounded step of a verification. */
export class ChainWalk {
  readonly #rows: AuditRows;
  readonly #ledger: AuditLedger;
  readonly #findings: AuditFinding[] = [];
  readonly #unvouched: UnvouchedEnd[] = [];
  #left: number;
  #verified = 0;

  /** `count`: how many rows to verify at most, up to a page more. */
  constructor(rows: AuditRows, ledger: AuditLedger, count: number) {
    this.#rows = rows;
    this.#ledger = ledger;
    this.#left = count;
  }

  /** Verifies from a cursor on: the position of the last row that was verified. */
  async step(cursor: string | undefined): Promise<AuditStep> {
    await this.#ledger.refresh();
    if (cursor === undefined) this.#reportHeads();
    let writer = cursor?.slice(0, 16) ?? (await this.#writerAfter(''));
    let from = cursor === undefined ? 0 : Number.parseInt(cursor.slice(16), 16);
    while (writer !== undefined) {
      const sequence = await this.#walk(writer, from);
      if (sequence !== undefined) return this.#result(positionText({ writer, sequence }));
      writer = await this.#writerAfter(writer);
      from = 0;
    }
    return this.#result(undefined);
  }

  #result(next: string | undefined): AuditStep {
    const rows = this.#verified;
    return { rows, findings: this.#findings, unvouched: this.#unvouched, ...(next === undefined ? {} : { next }) };
  }

  /** Walks along a chain. Returns where to continue when the step ends first. */
  async #walk(writer: string, from: number): Promise<number | undefined> {
    let walked = await this.#begin(writer, from);
    let after = { sequence: from, id: from === 0 ? '' : lastId };
    for (;;) {
      if (this.#left <= 0 || this.#findings.length >= maxFindings) return after.sequence;
      const page = await this.#rows.chains.rowsOf(writer, after, pageRows);
      this.#left -= page.length;
      this.#verified += page.length;
      for (const [index, row] of page.entries()) {
        walked = await this.#verifyRow(writer, walked, row, page[index + 1]);
        after = { sequence: positionOf(row.id).sequence, id: row.id };
      }
      if (page.length < pageRows) break;
      await new Promise(setImmediate);
    }
    await this.#end(writer, walked);
    return undefined;
  }

  /** Where the walk stands after the row of the cursor, which was verified before. */
  async #begin(writer: string, from: number): Promise<Walked> {
    if (from === 0) return { sequence: 0, link: this.#rows.seal.origin(writer) };
    const found = await this.#rows.chains.rowsOf(writer, { sequence: from, id: '' }, 2);
    const [row, ...others] = found.filter(({ id }) => positionOf(id).sequence === from);
    return { sequence: from, link: others.length === 0 ? row?.link : undefined };
  }

  async #end(writer: string, { sequence, link }: Walked): Promise<void> {
    const through = this.#ledger.state(writer)?.through ?? 0;
    if (sequence < through) await this.#reportMissing(writer, sequence + 1, through);
    const isSound = !this.#findings.some((finding) => finding.writer === writer);
    if (sequence > through && link !== undefined && isSound) this.#unvouched.push({ writer, through: sequence, link });
  }

  async #verifyRow(writer: string, walked: Walked, row: AuditRow, following: AuditRow | undefined): Promise<Walked> {
    const { sequence } = positionOf(row.id);
    const state = this.#ledger.state(writer);
    if (state === undefined || sequence <= state.removed || sequence <= walked.sequence) {
      this.#reportInserted(writer, sequence, state === undefined ? 'the service has no such writer' : undefined);
      return walked;
    }
    const before = walked.sequence < state.removed ? { sequence: state.removed, link: state.removedLink } : walked;
    const isNext = sequence === before.sequence + 1;
    if (!isNext) await this.#reportMissing(writer, before.sequence + 1, sequence - 1);
    const previous = isNext ? before.link : this.#removedBefore(writer, sequence);
    const here = { sequence, link: row.link };
    if (previous === undefined || this.#fits(previous, row)) return here;
    const isDouble = following !== undefined && positionOf(following.id).sequence === sequence;
    if (isDouble && this.#fits(previous, following)) {
      this.#reportInserted(writer, sequence);
      return walked;
    }
    this.#find({ code: 'audit-row-changed', writer, sequence, why: 'the entry does not fit the chain of its writer' });
    return here;
  }

  /** The link before a row, when all that stood before it was removed meanwhile; undefined: unknown. */
  #removedBefore(writer: string, sequence: number): string | undefined {
    const state = this.#ledger.state(writer);
    return state?.removed === sequence - 1 ? state.removedLink : undefined;
  }

  #fits(previous: string, { link, ...content }: AuditRow): boolean {
    return sameCode(link, this.#rows.seal.link(previous, content));
  }

  /** Reports missing rows, unless they were removed since the heads were read. */
  async #reportMissing(writer: string, sequence: number, through: number): Promise<void> {
    await this.#ledger.refresh();
    const first = Math.max(sequence, (this.#ledger.state(writer)?.removed ?? 0) + 1);
    if (first > through) return;
    const why = first === through ? 'the entry is missing' : `${through - first + 1} entries are missing`;
    this.#find({ code: 'audit-row-missing', writer, sequence: first, ...(first === through ? {} : { through }), why });
  }

  #reportInserted(writer: string, sequence: number, why = 'the service wrote a different entry there, or none'): void {
    this.#find({ code: 'audit-row-inserted', writer, sequence, why });
  }

  #reportHeads(): void {
    for (const { sequence, why } of this.#ledger.faults) {
      this.#find({ code: 'audit-head-invalid', writer: 'heads', sequence, why });
    }
  }

  #find(finding: AuditFinding): void {
    this.#findings.push(finding);
  }

  /** The next writer that has begun, or that has rows. */
  async #writerAfter(writer: string): Promise<string | undefined> {
    const stored = await this.#rows.chains.writerAfter(writer);
    const known = this.#ledger.writers().find((name) => name > writer);
    return [stored, known].filter((name) => name !== undefined).sort()[0];
  }
}

/** What is wrong with the record. */
export interface AuditFinding {
  readonly code: 'audit-row-changed' | 'audit-row-missing' | 'audit-row-inserted' | 'audit-head-invalid';
  /** The writer of the chain; of a head: `heads`. */
  readonly writer: string;
  /** Number of the row in its chain, or of the head. */
  readonly sequence: number;
  /** The last of several missing rows in a line. */
  readonly through?: number;
  readonly why: string;
}

/** The end of a valid chain that no head vouches for yet. */
export interface UnvouchedEnd {
  readonly writer: string;
  readonly through: number;
  readonly link: string;
}

/** What one step of a verification found. */
export interface AuditStep {
  /** How many rows were verified. */
  readonly rows: number;
  readonly findings: readonly AuditFinding[];
  readonly unvouched: readonly UnvouchedEnd[];
  /** The cursor of the step after this one; absent: all chains were walked. */
  readonly next?: string;
}
