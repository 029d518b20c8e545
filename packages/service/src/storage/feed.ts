/** Reads the change feed: every version of every document, in the order in which they came into force. */

import { refuse } from '@atesto/evidence';
import type { StorageCode } from './codes.ts';
import type { DocumentKind } from './document.ts';
import type { DocumentSource } from './documents.ts';
import type { DocumentTable } from './schema.ts';
import type { ChangePage, StoreChange } from './watcher.ts';

const pageSize = 500;

/** The changes above a revision, at most 500. Refuses with `row-tampered`. */
export async function readChanges(source: DocumentSource, after: number): Promise<ChangePage> {
  // The state is read first: what is read second can only be newer, and is then told a little early.
  const state = await source.db.selectFrom('store_state').select(['revision', 'mac']).executeTakeFirst();
  if (state === undefined) refuse<StorageCode>('row-tampered', 'store_state', 'the row is missing');
  source.integrity.checkState(state);
  if (after >= state.revision) return { revision: state.revision, changes: [] };
  const rows = await source.db
    .selectFrom('documents')
    .selectAll()
    .where('revision', '>', after)
    .orderBy('revision')
    .limit(pageSize)
    .execute();
  return { revision: state.revision, changes: rows.map((row, index) => changeOf(source, row, after + index + 1)) };
}

function changeOf(source: DocumentSource, row: DocumentTable, expected: number): StoreChange {
  source.integrity.checkDocument(row);
  if (row.revision !== expected) {
    refuse<StorageCode>('row-tampered', `documents at revision ${expected}`, 'the version is missing');
  }
  return {
    revision: row.revision,
    providerId: row.provider_id,
    kind: kindOf(row.kind),
    name: row.name,
    version: row.version,
    action: row.action,
    origin: { actor: row.actor, atMs: row.at_ms, requestId: row.request_id, address: row.address },
  };
}

function kindOf(kind: string): DocumentKind {
  switch (kind) {
    case 'provider':
    case 'policy':
    case 'signers':
    case 'key':
    case 'settings':
      return kind;
    default:
      return refuse<StorageCode>('store-newer', `documents of kind ${kind}`, 'this release does not know the kind');
  }
}
