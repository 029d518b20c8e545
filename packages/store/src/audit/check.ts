/**
 * Verifies the chains of the audit record in bounded steps: every row fits the row before it in its writer's chain, no row is missing up to the
 * end that the heads vouch for, and no row was inserted.
 */
import { type Outcome, Refused, refuse } from '@atesto/core';
import type { AuditCode } from '../codes.ts';
import { type AuditStep, ChainWalk, type UnvouchedEnd } from './chain-walk.ts';
import { refusalOf } from './query.ts';
import type { AuditLedger } from './rows/ledger.ts';
import type { AuditRows } from './rows/rows.ts';

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
      // A new walk reads all heads again; its later steps read only new ones.
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
      // The database is down. The next walk finds them again.
      if (!(error instanceof Refused)) throw error;
    }
  }
}
