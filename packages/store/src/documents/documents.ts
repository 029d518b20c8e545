/** Reads documents: the version in force and earlier ones. Refuses when a version is missing or was not written by this service. */
import { refuse } from '@atesto/core';
import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { StorageCode } from '../codes.ts';
import { checkStorable } from '../database/database-errors.ts';
import type { DocumentTable, Schema } from '../database/schema.ts';
import type { DocumentKind, DocumentName } from './document.ts';
import type { Integrity } from './integrity.ts';

/** Where documents are read from: the store, or a transaction on it. */
export interface DocumentSource {
  readonly db: Kysely<Schema>;
  readonly integrity: Integrity;
}

/** The version in force, or undefined when there is none. Refuses with `row-tampered`. */
export async function currentDocument(source: DocumentSource, id: DocumentName): Promise<DocumentTable | undefined> {
  checkName(id);
  // One statement, so one snapshot: the row, the revision of the store, and the number of versions, which must equal it.
  const row = await source.db
    .selectFrom('store_state')
    .leftJoin('documents', (join) =>
      join
        .on('documents.provider_id', '=', id.providerId)
        .on('documents.kind', '=', id.kind)
        .on('documents.name', '=', id.name),
    )
    .selectAll('documents')
    .select(stateColumns)
    .orderBy('documents.version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return checkComplete(source.integrity, row === undefined ? [] : [row])[0];
}

/** The versions in force of all documents of a kind that a provider owns, by name. Refuses with `row-tampered`. */
export async function currentDocuments(
  source: DocumentSource,
  kind: DocumentKind,
  providerId?: string,
): Promise<DocumentTable[]> {
  const rows = await source.db
    .selectFrom('store_state')
    .leftJoin('documents', (join) => {
      const ofKind = join.on('documents.kind', '=', kind).on('documents.version', '=', newestVersion);
      return providerId === undefined ? ofKind : ofKind.on('documents.provider_id', '=', providerId);
    })
    .selectAll('documents')
    .select(stateColumns)
    .orderBy('documents.provider_id')
    .orderBy('documents.name')
    .execute();
  return checkComplete(source.integrity, rows);
}

/** Which part of a document's history to read. */
export interface HistoryPage {
  /** Only versions below this one; absent: from the newest. */
  readonly before?: number | undefined;
  /** At most this many versions; default 50. */
  readonly limit?: number | undefined;
}

/** The versions of a document, newest first. Refuses with `row-tampered`. */
export async function documentHistory(
  source: DocumentSource,
  id: DocumentName,
  page: HistoryPage = {},
): Promise<DocumentTable[]> {
  checkName(id);
  let query = source.db
    .selectFrom('documents')
    .selectAll()
    .where('provider_id', '=', id.providerId)
    .where('kind', '=', id.kind)
    .where('name', '=', id.name);
  if (page.before !== undefined) query = query.where('version', '<', page.before);
  const rows = await query
    .orderBy('version', 'desc')
    .limit(page.limit ?? 50)
    .execute();
  let expected = page.before === undefined ? rows[0]?.version : page.before - 1;
  for (const row of rows) {
    source.integrity.checkDocument(row);
    if (row.version !== expected) {
      refuse<StorageCode>('row-tampered', `documents ${id.kind}/${id.name}/${expected}`, 'the version is missing');
    }
    expected -= 1;
  }
  return rows;
}

/** One version of a document, or undefined. Refuses with `row-tampered`. */
export async function documentVersion(
  source: DocumentSource,
  id: DocumentName,
  version: number,
): Promise<DocumentTable | undefined> {
  checkName(id);
  const row = await source.db
    .selectFrom('documents')
    .selectAll()
    .where('provider_id', '=', id.providerId)
    .where('kind', '=', id.kind)
    .where('name', '=', id.name)
    .where('version', '=', version)
    .executeTakeFirst();
  if (row !== undefined) source.integrity.checkDocument(row);
  return row;
}

function checkName(id: DocumentName): void {
  checkStorable('provider id', id.providerId);
  checkStorable(`name of ${id.kind}`, id.name);
}

interface StateColumns {
  state_revision: number;
  state_head: string;
  state_incarnation: string;
  state_mac: string;
  documents_count: number;
}

const newestVersion = sql<number>`(select max(d.version) from documents d
  where d.provider_id = documents.provider_id and d.kind = documents.kind and d.name = documents.name)`;

function stateColumns({ ref, selectFrom }: ExpressionBuilder<Schema, 'store_state'>) {
  return [
    ref('store_state.revision').as('state_revision'),
    ref('store_state.head').as('state_head'),
    ref('store_state.incarnation').as('state_incarnation'),
    ref('store_state.mac').as('state_mac'),
    selectFrom('documents as every')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .as('documents_count'),
  ] as const;
}

type Found = { [Column in keyof DocumentTable]: DocumentTable[Column] | null } & {
  [Column in keyof StateColumns]: StateColumns[Column] | null;
};

/**
 * Checks that this service wrote the revision and that there is a version for each of its steps. Without this check, deleting the
 * newest versions would bring an older policy, or the default one, back into force.
 */
function checkComplete(integrity: Integrity, found: readonly Found[]): DocumentTable[] {
  const first = found[0];
  if (first === undefined) refuse<StorageCode>('row-tampered', 'store_state', 'the row is missing');
  integrity.checkState({
    revision: first.state_revision ?? 0,
    head: first.state_head ?? '',
    incarnation: first.state_incarnation ?? '',
    mac: first.state_mac ?? '',
  });
  if (first.documents_count !== first.state_revision) {
    const why = `there are ${first.documents_count ?? 0} versions for ${first.state_revision ?? 0} changes`;
    refuse<StorageCode>('row-tampered', 'documents', why);
  }
  const rows = found.filter(isDocument);
  for (const row of rows) integrity.checkDocument(row);
  return rows;
}

function isDocument(row: Found): row is Found & DocumentTable {
  return row.mac !== null;
}

/** Refuses with `not-found` what does not exist. */
export function requireFound<Value>(value: Value | undefined, where: string): Value {
  return value ?? refuse<StorageCode>('not-found', where, 'the store does not have it');
}
