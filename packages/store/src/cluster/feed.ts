/** Reads the change feed: every version of every document, in the order in which they came into force. */

import { refuse } from '@atesto/core';
import type { StorageCode } from '../codes.ts';
import type { DocumentTable } from '../database/schema.ts';
import type { DocumentKind } from '../documents/document.ts';
import { currentDocument, type DocumentSource } from '../documents/documents.ts';
import {
  acceptedIncarnation,
  checkContinues,
  type Position,
  readPosition,
  restoreSetting,
} from '../documents/history.ts';
import type { ChangePage, FeedEntry } from './watcher.ts';

const pageSize = 500;

/**
 * The changes after a known position, at most 500; none when no position is known yet. Refuses with `row-tampered`, and
 * with `store-rolled-back` a store whose history is not the one that is known and that no operator accepted.
 * @param replaced incarnations that an operator replaced, and that must not come back
 */
export async function readChanges(
  source: DocumentSource,
  known: Position | undefined,
  replaced: readonly string[] = [],
): Promise<ChangePage> {
  // The state is read first, so entries can only be newer than it; they are then reported a little early.
  const position = await readPosition(source);
  if (known === undefined) return { position, entries: [] };
  if (position.incarnation !== known.incarnation && !replaced.includes(position.incarnation)) {
    const restore = await currentDocument(source, { providerId: '', kind: 'settings', name: restoreSetting });
    if (acceptedIncarnation(restore?.content) === position.incarnation)
      return { position, entries: [], isAccepted: true };
  }
  await checkContinues(source, position, known);
  return { position, entries: position.revision === known.revision ? [] : await readEntries(source, known) };
}

/** The changes after a position, at most 500. Refuses with `row-tampered`. */
export async function readEntries(source: DocumentSource, after: Position): Promise<FeedEntry[]> {
  const rows = await source.db
    .selectFrom('documents')
    .selectAll()
    .where('revision', '>', after.revision)
    .orderBy('revision')
    .limit(pageSize)
    .execute();
  let { revision, head } = after;
  return rows.map((row) => {
    revision += 1;
    source.integrity.checkDocument(row);
    if (row.revision !== revision) missing(revision);
    head = source.integrity.ofLink(head, row.mac);
    if (row.link !== head) {
      refuse<StorageCode>(
        'row-tampered',
        `documents at revision ${revision}`,
        'it is not linked to the version before it',
      );
    }
    return { change: changeOf(row), head };
  });
}

/** Refuses with `row-tampered` because a version is missing. */
export function missing(revision: number): never {
  return refuse<StorageCode>('row-tampered', `documents at revision ${revision}`, 'the version is missing');
}

function changeOf(row: DocumentTable): FeedEntry['change'] {
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
