/**
 * Changes the store. Each change is one transaction that holds the lock on the store's revision. So changes are strictly sequential, the change
 * feed has no gaps, and nothing can happen between a condition and the change that depends on it.
 */
import { type Outcome, refuse } from '@atesto/core';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { StorageCode } from '../codes.ts';
import { checkStorable } from '../database/database-errors.ts';
import type { DocumentTable, Schema } from '../database/schema.ts';
import {
  absentEtag,
  type ChangeOrigin,
  type Condition,
  type DocumentContent,
  type DocumentName,
  etagOf,
} from './document.ts';
import { currentDocument, type DocumentSource } from './documents.ts';
import { checkContinues, type Position } from './history.ts';
import type { Integrity } from './integrity.ts';

/** Reading and changing the store, for documents of each kind. */
export interface StoreContext {
  readonly source: DocumentSource;
  /** Runs one change. Resolves when it is durable and this process's listeners have applied it. */
  change<Value>(work: (change: Change) => Promise<Value>): Promise<Outcome<Value, StorageCode>>;
}

/** What a change needs besides the database. */
export interface ChangeDeps {
  /** Runs before the commit. */
  readonly announce: (transaction: Transaction<Schema>, revision: number) => Promise<void>;
  /** The position that this process knows; undefined: any position is accepted. */
  readonly known: () => Position | undefined;
}

/**
 * Runs `work` as one change of the store; nothing is changed when it throws. Refuses with `store-rolled-back` when the store is not the
 * one that this process knows.
 */
export async function changeStore<Value>(
  source: DocumentSource,
  { announce, known }: ChangeDeps,
  work: (change: Change) => Promise<Value>,
): Promise<{ readonly value: Value; readonly revision: number }> {
  return source.db.transaction().execute(async (transaction) => {
    const state = await transaction
      .updateTable('store_state')
      .set({ revision: sql.ref('revision') })
      .where('id', '=', 1)
      .returning(['revision', 'head', 'incarnation', 'mac'])
      .executeTakeFirst();
    if (state === undefined) refuse<StorageCode>('row-tampered', 'store_state', 'the row is missing');
    source.integrity.checkState(state);
    const expected = known();
    if (expected !== undefined) await checkContinues({ db: transaction, integrity: source.integrity }, state, expected);
    const change = new Change(transaction, source.integrity, state);
    const value = await work(change);
    if (change.revision !== state.revision) await announce(transaction, change.revision);
    return { value, revision: change.revision };
  });
}

/** An open change. Reads see its own writes and no later ones. */
export class Change implements DocumentSource {
  readonly db: Kysely<Schema>;
  readonly integrity: Integrity;
  #position: Position;

  constructor(transaction: Transaction<Schema>, integrity: Integrity, { revision, head, incarnation }: Position) {
    this.db = transaction;
    this.integrity = integrity;
    this.#position = { revision, head, incarnation };
  }

  /** Gives the store a new incarnation, with the next version that is appended. */
  startIncarnation(incarnation: string): void {
    this.#position = { ...this.#position, incarnation };
  }

  /** The revision that the store has after this change, so far. */
  get revision(): number {
    return this.#position.revision;
  }

  /** Adds a version to a document. Refuses with `version-conflict` when its current version is not the expected one. */
  async append(
    id: DocumentName,
    content: DocumentContent,
    origin: ChangeOrigin,
    { expectedEtag }: Condition = {},
  ): Promise<DocumentTable> {
    const current = await currentDocument(this, id);
    checkExpected(id, current, expectedEtag);
    const unsigned: Omit<DocumentTable, 'mac' | 'link'> = {
      provider_id: id.providerId,
      kind: id.kind,
      name: id.name,
      version: (current?.version ?? 0) + 1,
      revision: this.#position.revision + 1,
      action: content.action,
      content: content.content,
      digest: content.digest ?? null,
      signer: content.signer ?? null,
      authorization_jws: content.authorizationJws ?? null,
      restored_version: content.restoredVersion ?? null,
      actor: origin.actor,
      at_ms: origin.atMs,
      request_id: origin.requestId,
      address: origin.address,
    };
    for (const [column, value] of Object.entries(unsigned)) {
      if (typeof value === 'string') checkStorable(column, value);
    }
    const mac = this.integrity.ofDocument(unsigned);
    const row = { ...unsigned, mac, link: this.integrity.ofLink(this.#position.head, mac) };
    await this.db.insertInto('documents').values(row).execute();
    this.#position = { ...this.#position, revision: row.revision, head: row.link };
    await this.db
      .updateTable('store_state')
      .set({ ...this.#position, mac: this.integrity.ofState(this.#position) })
      .where('id', '=', 1)
      .execute();
    return row;
  }
}

/** Refuses with `version-conflict` when the version in force is not the expected one. */
export function checkExpected(
  id: DocumentName,
  current: Pick<DocumentTable, 'revision'> | undefined,
  expectedEtag: string | undefined,
): void {
  const etag = current === undefined ? absentEtag : etagOf(current);
  if (expectedEtag !== undefined && expectedEtag !== etag) {
    const where = [id.kind, id.name].filter((part) => part !== '').join('/');
    refuse<StorageCode>(
      'version-conflict',
      where,
      `the version in force is ${etag}, the change is for ${expectedEtag}`,
    );
  }
}
