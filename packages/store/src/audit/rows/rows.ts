/** The audit rows of a store: appended in chains, found in bounded steps, removed only from the oldest end of a chain. */

import { type CompiledQuery, type Kysely, sql } from 'kysely';
import type { AuditEngine } from '../../database/engine.ts';
import type { AuditRow, Schema } from '../../database/schema.ts';
import { type AuditRetention, type AuditSeal, positionOf, positionText, retentionOf } from './chain.ts';
import { AuditHeads } from './heads.ts';
import { type AuditChains, AuditLedger } from './ledger.ts';
import { type AuditFilter, type AuditScan, type AuditScanBounds, scanAudit } from './query.ts';
import { removeOldest } from './removal.ts';

/** The audit rows of a store. Failures are thrown as `Refused`, `store-unavailable`. */
export interface AuditRows {
  /** Links rows before they are appended. */
  readonly seal: AuditSeal;
  /**
   * Stores linked rows in one transaction; resolves when they are durable. A row whose id is stored already is left as it is. The rows of
   * one writer are given in the order of their chain, and the next ones only after those before them are stored.
   */
  append(rows: readonly AuditRow[]): Promise<void>;
  /** Finds rows, newest first. */
  scan(filter: AuditFilter, bounds: AuditScanBounds): Promise<AuditScan>;
  /**
   * Removes at most `limit` rows that are older than a time, the oldest of each chain first; resolves with their number. Each removal adds
   * a head that says what was removed and why. Rows that do not fit their chain stay. `reason` is for those who read the heads.
   */
  remove(beforeMs: number, limit: number, retention: AuditRetention, reason?: string): Promise<number>;
  /** Vouches for the rows that this process has stored since the last time: adds a head for each writer. */
  vouch(): Promise<void>;
  /** For those who verify the chains. */
  readonly chains: AuditChains;
}

/** The position of a row as a column that the index `audit_position` serves. */
const position = sql<string>`substr(id, 13)`;

/** Opens the audit rows of a database. */
export function openAuditRows(
  engine: AuditEngine,
  db: Kysely<Schema>,
  seal: AuditSeal,
  nowMs: () => number = Date.now,
): AuditRows {
  return new ChainedRows(engine, db, seal, nowMs);
}

class ChainedRows implements AuditRows {
  readonly seal: AuditSeal;
  readonly chains: AuditChains;
  readonly #engine: AuditEngine;
  readonly #db: Kysely<Schema>;
  readonly #heads: AuditHeads;
  readonly #ledger: AuditLedger;
  /** Writers that are known to have begun. */
  readonly #opened = new Set<string>();
  /** Stored rows that no head vouches for yet: the last of each writer. */
  readonly #stored = new Map<string, { readonly through: number; readonly link: string }>();
  #vouching: Promise<void> = Promise.resolve();

  constructor(engine: AuditEngine, db: Kysely<Schema>, seal: AuditSeal, nowMs: () => number) {
    this.seal = seal;
    this.#engine = engine;
    this.#db = db;
    this.#heads = new AuditHeads(engine, db, seal, nowMs);
    this.#ledger = new AuditLedger(this.#heads);
    this.chains = {
      ledger: () => new AuditLedger(this.#heads),
      rowsOf: (writer, after, limit) => engine.read(this.#rowsQuery(writer, after, limit)),
      writerAfter: (writer) => this.#writerAfter(writer),
      vouchFor: (writer, through, link) => this.#heads.append({ writer, kind: 'reached', through, link }),
    };
  }

  async append(rows: readonly AuditRow[]): Promise<void> {
    const last = new Map(rows.map((row) => [positionOf(row.id).writer, row]));
    const begun: string[] = [];
    for (const writer of last.keys()) if (await this.#open(writer)) begun.push(writer);
    await this.#engine.append(rows);
    for (const [writer, row] of last) {
      this.#stored.set(writer, { through: positionOf(row.id).sequence, link: row.link });
    }
    // The rows are stored, whatever becomes of the head.
    if (begun.length > 0) await this.vouch().catch(() => {});
  }

  scan(filter: AuditFilter, bounds: AuditScanBounds): Promise<AuditScan> {
    return scanAudit(this.#engine, this.#db, filter, bounds);
  }

  async remove(beforeMs: number, limit: number, retention: AuditRetention, reason = 'retention'): Promise<number> {
    const ledger = this.#ledger;
    await ledger.refresh();
    let removed = 0;
    for (const writer of ledger.writers().filter((name) => retentionOf(name) === retention)) {
      const state = ledger.state(writer);
      if (state === undefined || removed >= limit) continue;
      const { seal, chains } = this;
      removed += await removeOldest(
        { seal, chains, heads: this.#heads, deleteRows: (first, last) => this.#deleteQuery(first, last) },
        { writer, state, beforeMs, limit: limit - removed, reason },
      );
    }
    return removed;
  }

  vouch(): Promise<void> {
    this.#vouching = this.#vouching
      .catch(() => {})
      .then(async () => {
        for (const [writer, reached] of [...this.#stored]) {
          await this.#heads.append({ writer, kind: 'reached', ...reached });
          if (this.#stored.get(writer) === reached) this.#stored.delete(writer);
        }
      });
    return this.#vouching;
  }

  /** Makes sure that a writer has begun; whether it began now. */
  async #open(writer: string): Promise<boolean> {
    if (this.#opened.has(writer)) return false;
    const isNew = !(await this.#heads.isOpened(writer));
    if (isNew) await this.#heads.append({ writer, kind: 'opened', through: 0, link: this.seal.origin(writer) });
    this.#opened.add(writer);
    return isNew;
  }

  #rowsQuery(writer: string, after: { sequence: number; id: string }, limit: number): CompiledQuery<AuditRow> {
    const from = positionText({ writer, sequence: after.sequence });
    return sql<AuditRow>`select * from audit
      where ${position} >= ${from} and ${position} <= ${`${writer}ffffffff`}
        and (${position} > ${from} or id > ${after.id})
      order by ${position}, id limit ${limit}`.compile(this.#db);
  }

  async #writerAfter(writer: string): Promise<string | undefined> {
    const query = sql<{ position: string }>`select ${position} as position from audit
      where ${position} > ${writer === '' ? '' : `${writer}g`} order by ${position} limit 1`.compile(this.#db);
    return (await this.#engine.read(query))[0]?.position.slice(0, 16);
  }

  #deleteQuery(first: string, last: string): CompiledQuery {
    return sql`delete from audit where ${position} >= ${first} and ${position} <= ${last}`.compile(this.#db);
  }
}
