/**
 * The heads of the audit chains: what the service vouches for. They form one chain over the whole store, written by all instances, so that no
 * writer can be rolled back alone. Each process remembers the newest head that it has seen.
 */
import { Refused } from '@atesto/core';
import type { CompiledQuery, Kysely } from 'kysely';
import type { AuditEngine } from '../../database/engine.ts';
import type { AuditHeadTable, Schema } from '../../database/schema.ts';
import { type AuditSeal, sameCode } from './chain.ts';

/** A head without a position. */
export interface HeadDraft {
  readonly writer: string;
  readonly kind: 'opened' | 'reached' | 'removed';
  readonly through: number;
  readonly link: string;
  readonly detail?: string | undefined;
}

/** What is wrong with a head. */
export interface HeadFault {
  readonly sequence: number;
  readonly why: string;
}

const attempts = 20;

/** The heads of one store. */
export class AuditHeads {
  readonly #engine: AuditEngine;
  readonly #db: Kysely<Schema>;
  readonly #seal: AuditSeal;
  readonly #nowMs: () => number;
  #newest: Pick<AuditHeadTable, 'sequence' | 'mac'> = { sequence: 0, mac: '' };

  constructor(engine: AuditEngine, db: Kysely<Schema>, seal: AuditSeal, nowMs: () => number) {
    this.#engine = engine;
    this.#db = db;
    this.#seal = seal;
    this.#nowMs = nowMs;
  }

  /** The newest head that this process has seen. */
  get newest(): Pick<AuditHeadTable, 'sequence' | 'mac'> {
    return this.#newest;
  }

  /** Remembers a head that was found good. */
  remember({ sequence, mac }: Pick<AuditHeadTable, 'sequence' | 'mac'>): void {
    if (sequence > this.#newest.sequence) this.#newest = { sequence, mac };
  }

  /** Adds a head, and runs statements in the same transaction. Throws `Refused` with `store-unavailable`. */
  async append(draft: HeadDraft, together: readonly CompiledQuery[] = []): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const last = await this.last();
      const head = {
        sequence: (last?.sequence ?? 0) + 1,
        writer: draft.writer,
        kind: draft.kind,
        through: draft.through,
        link: draft.link,
        at_ms: this.#nowMs(),
        detail: draft.detail ?? null,
      };
      const row = { ...head, mac: this.#seal.head(last?.mac ?? '', head) };
      const insert = this.#db.insertInto('audit_heads').values(row).compile();
      if (await this.#engine.commit([insert, ...together])) {
        this.remember(row);
        return;
      }
    }
    const why = `other instances added heads first, ${attempts} times in a row`;
    throw new Refused({ code: 'store-unavailable', where: 'audit_heads', why });
  }

  /** The newest head that is stored. */
  async last(): Promise<AuditHeadTable | undefined> {
    const query = this.#db.selectFrom('audit_heads').selectAll().orderBy('sequence', 'desc').limit(1).compile();
    return (await this.#engine.read(query))[0];
  }

  /** Heads from a sequence on, the oldest first. */
  read(from: number, limit: number): Promise<AuditHeadTable[]> {
    const query = this.#db
      .selectFrom('audit_heads')
      .selectAll()
      .where('sequence', '>=', from)
      .orderBy('sequence')
      .limit(limit)
      .compile();
    return this.#engine.read(query);
  }

  /** Whether a writer has begun. */
  async isOpened(writer: string): Promise<boolean> {
    const query = this.#db
      .selectFrom('audit_heads')
      .select('sequence')
      .where('writer', '=', writer)
      .where('kind', '=', 'opened')
      .limit(1)
      .compile();
    return (await this.#engine.read(query)).length > 0;
  }

  /** What is wrong with a head that follows another (undefined: it is the first); undefined: nothing. */
  faultOf(previous: Pick<AuditHeadTable, 'sequence' | 'mac'> | undefined, head: AuditHeadTable): HeadFault | undefined {
    const expected = (previous?.sequence ?? 0) + 1;
    if (head.sequence !== expected) {
      return { sequence: expected, why: `heads ${expected} to ${head.sequence - 1} are missing` };
    }
    const { mac, ...content } = head;
    if (sameCode(mac, this.#seal.head(previous?.mac ?? '', content))) return undefined;
    return { sequence: head.sequence, why: 'the head was changed, or the service did not write it' };
  }
}
