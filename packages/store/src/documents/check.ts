/** Verifies the whole store, and accepts one that was restored from a backup. Reads everything: for startup and operators, not for requests. */
import { refuse } from '@atesto/core';
import { missing, readEntries } from '../cluster/feed.ts';
import type { StorageCode } from '../codes.ts';
import type { Change } from './change.ts';
import type { ChangeOrigin } from './document.ts';
import type { DocumentSource } from './documents.ts';
import {
  checkContinues,
  newIncarnation,
  type Position,
  type RestoreContent,
  readPosition,
  restoreSetting,
} from './history.ts';
import { firstLink } from './integrity.ts';

/** What was verified: the number of changes since the store was created, all of them intact, and the end of the history. */
export type StoreCheck = Position;

/**
 * Verifies every version of every document and its link to the one before. Refuses with `row-tampered` at the first that is missing or
 * was changed, and with `store-rolled-back` when a known position is not in this history.
 */
export async function checkStore(source: DocumentSource, known?: Position): Promise<StoreCheck> {
  const position = await readPosition(source);
  let at: Position = { incarnation: position.incarnation, revision: 0, head: firstLink };
  for (;;) {
    const entries = await readEntries(source, at);
    const last = entries.at(-1);
    if (last === undefined) break;
    at = { incarnation: position.incarnation, revision: last.change.revision, head: last.head };
    const newest = entries.find(({ change }) => change.revision === position.revision);
    if (newest !== undefined && newest.head !== position.head) {
      refuse<StorageCode>('row-tampered', 'store_state', 'it belongs to another history than the versions');
    }
  }
  // Concurrent changes are newer than the position, never older.
  if (at.revision < position.revision) missing(at.revision + 1);
  if (known !== undefined) await checkContinues(source, position, known);
  return position;
}

/** Accepts a restored database: starts a new incarnation and records who accepted it. Refuses with `row-tampered` a store with missing versions. */
export async function acceptRestore(change: Change, origin: ChangeOrigin): Promise<Position> {
  const { incarnation: replaced } = await checkStore(change);
  const content: RestoreContent = { incarnation: newIncarnation(), replaced };
  change.startIncarnation(content.incarnation);
  const document = { action: 'set', content: JSON.stringify(content) };
  await change.append({ providerId: '', kind: 'settings', name: restoreSetting }, document, origin);
  return readPosition(change);
}
