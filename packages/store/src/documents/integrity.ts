/**
 * Tells the rows that this service wrote from all others. Each row carries HMAC-SHA-256 over its table, identity, version and content under
 * the store's integrity key, so that a row that was changed, moved or forged in the database is detected.
 */

import { createHmac } from 'node:crypto';
import { refuse } from '@atesto/core';
import { AuditSeal, sameCode } from '../audit/rows/chain.ts';
import type { StorageCode } from '../codes.ts';
import type { DocumentTable, StoreStateTable } from '../database/schema.ts';

/** What the integrity code of the store's state covers. */
export type SignedState = Pick<StoreStateTable, 'revision' | 'head' | 'incarnation'>;

const minKeyBytes = 32;

/** The link that stands before the first document version. */
export const firstLink = '';

/** A state with its integrity code. */
export type SignedStateRow = SignedState & Pick<StoreStateTable, 'mac'>;

/** Computes and verifies the integrity codes (base64url, 43 characters) of rows. */
export class Integrity {
  readonly #key: Uint8Array;
  /** Links audit rows. */
  readonly audit: AuditSeal;

  /** Refuses with `integrity-key-invalid` a key of less than 32 bytes. */
  constructor(key: Uint8Array) {
    if (key.length < minKeyBytes) {
      refuse<StorageCode>(
        'integrity-key-invalid',
        'integrityKey',
        `it has ${key.length} bytes; it must have at least 32`,
      );
    }
    this.#key = Uint8Array.from(key);
    this.audit = new AuditSeal(this.#key);
  }

  /** The integrity code of a document version. */
  ofDocument(row: Omit<DocumentTable, 'mac' | 'link'>): string {
    return this.#mac('documents', [
      row.provider_id,
      row.kind,
      row.name,
      row.version,
      row.revision,
      row.action,
      row.content,
      row.digest,
      row.signer,
      row.authorization_jws,
      row.restored_version,
      row.actor,
      row.at_ms,
      row.request_id,
      row.address,
    ]);
  }

  /** The integrity code of the store's state. */
  ofState({ revision, head, incarnation }: SignedState): string {
    return this.#mac('store_state', [revision, head, incarnation]);
  }

  /** The integrity code of the state before it had a head: for migrations. */
  ofBareState(revision: number): string {
    return this.#mac('store_state', [revision]);
  }

  /** The link of a document version to the one before it; {@link firstLink} stands before the first. */
  ofLink(before: string, mac: string): string {
    return this.#mac('link', [before, mac]);
  }

  /** The integrity code of a string that is kept outside the database. */
  ofText(purpose: string, text: string): string {
    return this.#mac(purpose, [text]);
  }

  /** Whether this service wrote a string that is kept outside the database. */
  isOwnText(purpose: string, text: string, mac: string): boolean {
    return sameCode(mac, this.ofText(purpose, text));
  }

  /** Refuses with `row-tampered` a document version that this service did not write. */
  checkDocument(row: DocumentTable): void {
    if (!sameCode(row.mac, this.ofDocument(row))) {
      const where = `documents ${row.provider_id || 'service'}/${row.kind}/${row.name}/${row.version}`;
      refuse<StorageCode>('row-tampered', where, 'its integrity code does not match its content');
    }
  }

  /** Refuses with `row-tampered` a state that this service did not write. */
  checkState(row: SignedStateRow): void {
    this.#checkState(row.mac, this.ofState(row));
  }

  /** The same for a state from before heads were added. */
  checkBareState({ revision, mac }: Pick<StoreStateTable, 'revision' | 'mac'>): void {
    this.#checkState(mac, this.ofBareState(revision));
  }

  #checkState(mac: string, expected: string): void {
    if (!sameCode(mac, expected)) {
      const why =
        'its integrity code does not match: the row was changed, or the integrity key is not the one that the store was created with';
      refuse<StorageCode>('row-tampered', 'store_state', why);
    }
  }

  // A JSON array is an unambiguous encoding of strings, integers and null.
  #mac(table: string, columns: readonly (string | number | null)[]): string {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify(['atesto-store-1', table, ...columns]))
      .digest('base64url');
  }
}
