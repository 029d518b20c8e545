/**
 * Identifies the history of a store and checks that it continues the one that this process knows. A position is the incarnation of the store,
 * the number of changes, and the link of the last change, which stands for all of them.
 */

import { randomBytes } from 'node:crypto';
import { refuse } from '@atesto/core';
import { z } from 'zod';
import type { StorageCode } from '../codes.ts';
import type { DocumentSource } from './documents.ts';
import { firstLink, type Integrity, type SignedStateRow } from './integrity.ts';

/** A position in the history of a store. */
export interface Position {
  readonly incarnation: string;
  readonly revision: number;
  readonly head: string;
}

/** The document that says which incarnation an operator accepted. */
export const restoreSetting = 'store/restore';

const restoreContent = z.strictObject({ incarnation: z.string(), replaced: z.string() });

/** What the document of an accepted restore holds. */
export type RestoreContent = z.infer<typeof restoreContent>;

/** A new incarnation: 16 random bytes, base64url. */
export function newIncarnation(): string {
  return randomBytes(16).toString('base64url');
}

/** The incarnation that an operator accepted last, by the content of the document; undefined: none. */
export function acceptedIncarnation(content: string | null | undefined): string | undefined {
  const parsed = restoreContent.safeParse(JSON.parse(content ?? 'null'));
  return parsed.success ? parsed.data.incarnation : undefined;
}

/** The current position of the store. Refuses with `row-tampered` when this service did not write it or versions are missing. */
export async function readPosition({ db, integrity }: DocumentSource): Promise<Position> {
  const state = await db
    .selectFrom('store_state')
    .select(['revision', 'head', 'incarnation', 'mac'])
    .select(({ selectFrom }) =>
      selectFrom('documents')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .as('count'),
    )
    .executeTakeFirst();
  checkState(integrity, state);
  const { revision, head, incarnation, count } = state;
  if (count !== revision) {
    const why = `there are ${count ?? 0} versions for ${revision} changes: some are missing, or this service did not write them`;
    refuse<StorageCode>('row-tampered', 'documents', why);
  }
  return { revision, head, incarnation };
}

/** Refuses with `row-tampered` a store whose state was not written under this integrity key. */
export async function verifyState({ db, integrity }: DocumentSource): Promise<void> {
  checkState(integrity, await db.selectFrom('store_state').selectAll().executeTakeFirst());
}

function checkState<State extends SignedStateRow>(
  integrity: Integrity,
  state: State | undefined,
): asserts state is State {
  if (state === undefined) refuse<StorageCode>('row-tampered', 'store_state', 'the row is missing');
  integrity.checkState(state);
}

/** Refuses with `store-rolled-back` a store whose history does not hold the known position. */
export async function checkContinues({ db }: DocumentSource, now: Position, known: Position): Promise<void> {
  if (now.incarnation !== known.incarnation) {
    refuseRolledBack('it is not the incarnation of the store that this instance knows');
  }
  if (now.revision < known.revision) {
    refuseRolledBack(`it has ${now.revision} changes, this instance has seen ${known.revision}`);
  }
  const head = now.revision === known.revision ? now.head : await linkAt(db, known.revision);
  if (head !== known.head)
    refuseRolledBack(`its first ${known.revision} changes are not those that this instance has seen`);
}

/** Refuses with `store-rolled-back`. @param what how the history differs from the known one */
export function refuseRolledBack(what: string): never {
  const why = `${what}, as after a restored backup; if the restore is meant, run: atesto store accept-restore`;
  return refuse<StorageCode>('store-rolled-back', 'store_state', why);
}

async function linkAt(db: DocumentSource['db'], revision: number): Promise<string | undefined> {
  if (revision === 0) return firstLink;
  const row = await db.selectFrom('documents').select('link').where('revision', '=', revision).executeTakeFirst();
  return row?.link;
}
