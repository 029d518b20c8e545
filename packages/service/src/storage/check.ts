/** Is the whole record one that this service wrote? Reads everything: for the start, for operators, not for requests. */
import { refuse } from '@atesto/evidence';
import type { StorageCode } from './codes.ts';
import type { DocumentSource } from './documents.ts';
import { readChanges } from './feed.ts';

/** What a check of the store has looked at. */
export interface StoreCheck {
  /** The number of changes since the store was made, all of them intact. */
  readonly revision: number;
}

/** Verifies every version of every document. Refuses with `row-tampered` at the first that is missing or was changed. */
export async function checkStore(source: DocumentSource): Promise<StoreCheck> {
  let revision = 0;
  for (;;) {
    const page = await readChanges(source, revision);
    revision += page.changes.length;
    if (page.changes.length > 0) continue;
    if (revision >= page.revision) return { revision };
    refuse<StorageCode>('row-tampered', `documents at revision ${revision + 1}`, 'the version is missing');
  }
}
