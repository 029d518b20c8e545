/**
 * Verifies the chains of the audit record in bounded steps: every row fits the row before it in its writer's chain, no row is missing up to
 * where the heads say that a chain goes, and no row stands where none was written.
 */
import { type Outcome, Refused, refuse } from '@atesto/evidence';
import type { AuditLedger, AuditRows } from '../storage/index.ts';
import { ChainWalk } from './chain-walk.ts';
import type { AuditCode } from './codes.ts';
import { refusalOf } from './query.ts';

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

/** The end of a chain that fits, and of which no head tells yet. */
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

const defaultRows = 10_000;
const cursorForm = /^[0-9a-f]{24}$/;

/** Verifies the chains of one record. */
export class ChainCheck {
  readonly #rows: AuditRows;
  #ledger: AuditLedger;

  constructor(rows: AuditRows) {
    this.#rows = rows;
    this.#ledger = rows.chains.ledger();
  }

  /** Verifies a step. Refuses with `audit-query-invalid` or `audit-unavailable`. */
  async step(cursor?: string, count: number = defaultRows): Promise<Outcome<AuditStep, AuditCode>> {
    try {
      if (cursor !== undefined && !cursorForm.test(cursor)) {
        refuse<AuditCode>('audit-query-invalid', 'cursor', 'it is not one that an earlier step gave');
      }
      // All heads are read again when a walk begins; its later steps read those that were added.
      if (cursor === undefined) this.#ledger = this.#rows.chains.ledger();
      return { ok: true, value: await new ChainWalk(this.#rows, this.#ledger, count).step(cursor) };
    } catch (error) {
      return { ok: false, refusal: refusalOf(error) };
    }
  }

  /** Vouches for ends of chains that a step found good, as those of a process that was killed. */
  async vouchFor(ends: readonly UnvouchedEnd[]): Promise<void> {
    try {
      for (const { writer, through, link } of ends) await this.#rows.chains.vouchFor(writer, through, link);
    } catch (error) {
      // The store is away: the next walk finds them again.
      if (!(error instanceof Refused)) throw error;
    }
  }
}
