/** Creates, finds, changes and deletes attestation providers. A provider's id is never reused; its name can be. */

import { randomUUID } from 'node:crypto';
import { type Outcome, refuse } from '@atesto/core';
import type { Kysely } from 'kysely';
import type { StorageCode } from '../codes.ts';
import { asOutcome, checkStorable, isStorable } from '../database/database-errors.ts';
import type { DocumentTable, Schema } from '../database/schema.ts';
import type { Change, StoreContext } from './change.ts';
import type { ChangeOrigin, Condition } from './document.ts';
import { currentDocuments, requireFound } from './documents.ts';
import {
  liveProvider,
  type ProviderAction,
  type ProviderRecord,
  type ProviderVersion,
  providerName,
  providerOf,
  requireProvider,
} from './provider.ts';
import { appendSigners, type SignerCertificate } from './signers.ts';

/** What the creator of a provider decides. */
export type ProviderDraft = Omit<ProviderRecord, 'id' | 'createdAtMs' | 'deletedAtMs'>;
/** What can be changed later. */
export type ProviderUpdate = Partial<Pick<ProviderRecord, 'location' | 'tags' | 'status' | 'settings'>>;

/** Which providers to list; absent: any. */
export interface ProviderFilter {
  readonly subscription?: string | undefined;
  readonly resourceGroup?: string | undefined;
}

/** The providers of a store. Every method can also refuse with `store-unavailable` and `row-tampered`. */
export class Providers {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** The provider of this name, unless there is none or it was deleted. */
  byName(name: string): Promise<Outcome<ProviderVersion | undefined, StorageCode>> {
    return asOutcome(async () => {
      if (!isStorable(name)) return undefined;
      const id = await idOfName(this.#context.source.db, name);
      if (id === undefined) return undefined;
      const provider = await liveProvider(this.#context.source, id);
      if (provider !== undefined && provider.name.toLowerCase() !== name.toLowerCase()) {
        refuse<StorageCode>('row-tampered', `providers ${id}`, 'the row names another provider than its document');
      }
      return provider;
    });
  }

  /** The provider of this id, unless there is none or it was deleted. */
  byId(id: string): Promise<Outcome<ProviderVersion | undefined, StorageCode>> {
    return asOutcome(async () => (isStorable(id) ? liveProvider(this.#context.source, id) : undefined));
  }

  /** The providers that are not deleted, by name. */
  list(filter: ProviderFilter = {}): Promise<Outcome<ProviderVersion[], StorageCode>> {
    return asOutcome(async () => {
      checkStorable('subscription', filter.subscription ?? null);
      checkStorable('resource group', filter.resourceGroup ?? null);
      let query = this.#context.source.db.selectFrom('providers').select('id').where('deleted_at_ms', 'is', null);
      if (filter.subscription !== undefined) {
        query = query.where('subscription_key', '=', filter.subscription.toLowerCase());
      }
      if (filter.resourceGroup !== undefined) query = query.where('group_key', '=', filter.resourceGroup.toLowerCase());
      const rows = await query.orderBy('name_key').execute();
      const documents = await currentDocuments(this.#context.source, 'provider');
      const live = new Map(documents.map((row) => [row.provider_id, providerOf(row)]));
      return rows
        .map(({ id }) => requireFound(live.get(id), `provider ${id}`))
        .filter(({ deletedAtMs }) => deletedAtMs === null);
    });
  }

  /** Creates a provider, with its first signers when it has some. Refuses with `name-taken`. */
  create(
    draft: ProviderDraft,
    origin: ChangeOrigin,
    signers: readonly SignerCertificate[] = [],
  ): Promise<Outcome<ProviderVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      checkStorable('name', draft.name);
      if ((await idOfName(change.db, draft.name)) !== undefined) {
        refuse<StorageCode>('name-taken', draft.name, 'a provider of this name exists');
      }
      const record: ProviderRecord = { ...draft, id: randomUUID(), createdAtMs: origin.atMs, deletedAtMs: null };
      const row = await appendProvider(change, record, 'create', origin);
      await change.db.insertInto('providers').values(indexOf(record)).execute();
      if (signers.length > 0) {
        await appendSigners(change, record.id, { action: 'create', certificates: signers }, origin);
      }
      return providerOf(row);
    });
  }

  /** Replaces the named members. Refuses with `not-found`, `version-conflict`. */
  update(
    id: string,
    update: ProviderUpdate,
    origin: ChangeOrigin,
    condition: Condition = {},
  ): Promise<Outcome<ProviderVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      const current = await requireProvider(change, id);
      const record = { ...recordOf(current), ...update };
      return providerOf(await appendProvider(change, record, 'update', origin, condition));
    });
  }

  /** Deletes a provider and destroys its sealed keys; its history stays. Refuses with `not-found`, `version-conflict`. */
  delete(id: string, origin: ChangeOrigin, condition: Condition = {}): Promise<Outcome<ProviderVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      const current = await requireProvider(change, id);
      const record = { ...recordOf(current), status: 'Deleted', deletedAtMs: origin.atMs };
      const row = await appendProvider(change, record, 'delete', origin, condition);
      await change.db.updateTable('providers').set({ deleted_at_ms: origin.atMs }).where('id', '=', id).execute();
      await change.db.deleteFrom('sealed_keys').where('provider_id', '=', id).execute();
      return providerOf(row);
    });
  }
}

async function idOfName(db: Kysely<Schema>, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('providers')
    .select('id')
    .where('name_key', '=', name.toLowerCase())
    .where('deleted_at_ms', 'is', null)
    .executeTakeFirst();
  return row?.id;
}

function appendProvider(
  change: Change,
  record: ProviderRecord,
  action: ProviderAction,
  origin: ChangeOrigin,
  condition?: Condition,
): Promise<DocumentTable> {
  return change.append(providerName(record.id), { action, content: JSON.stringify(record) }, origin, condition);
}

function indexOf(record: ProviderRecord): Schema['providers'] {
  return {
    id: record.id,
    name_key: record.name.toLowerCase(),
    subscription_key: record.subscription.toLowerCase(),
    group_key: record.resourceGroup.toLowerCase(),
    deleted_at_ms: null,
  };
}

function recordOf({ version, revision, etag, action, origin, ...record }: ProviderVersion): ProviderRecord {
  return record;
}
