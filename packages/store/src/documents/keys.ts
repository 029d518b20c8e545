/**
 * Stores the signing keys of providers. The service seals the private part: it is opaque to the store, is stored apart from the history, and
 * can be destroyed.
 */

import { createHash } from 'node:crypto';
import { type Outcome, refuse } from '@atesto/core';
import { z } from 'zod';
import type { StorageCode } from '../codes.ts';
import { asOutcome } from '../database/database-errors.ts';
import type { DocumentTable } from '../database/schema.ts';
import type { Change, StoreContext } from './change.ts';
import {
  absentEtag,
  type ChangeOrigin,
  type Condition,
  type DocumentName,
  factsOf,
  type VersionFacts,
} from './document.ts';
import { currentDocument, currentDocuments, requireFound } from './documents.ts';
import { requireProvider } from './provider.ts';

const instant = z.number().nullable();
const keyMetadata = z.strictObject({
  /** The life of the key as the service names it (`pending`, `current`, `retired` …). */
  status: z.string(),
  /** The public key as JWK JSON with its certificate, verbatim. */
  publicJwk: z.string(),
  /** When the key set published it, when it signs from and until, and when the key set drops it; null: not decided. */
  publishedAtMs: instant,
  activeFromMs: instant,
  activeUntilMs: instant,
  publishedUntilMs: instant,
});
const keyContent = keyMetadata.extend({ sealedDigest: z.string().nullable() });
const keyAction = z.enum(['add', 'destroy']);

/** What is stored about a key besides its private part. Times are milliseconds since 1970-01-01T00:00Z. */
export type KeyMetadata = Readonly<z.infer<typeof keyMetadata>>;

/** A version of a signing key. */
export interface KeyVersion extends VersionFacts<z.infer<typeof keyAction>>, KeyMetadata {
  readonly providerId: string;
  readonly keyId: string;
  /** False when there is no sealed private part: it is stored elsewhere, or it was destroyed. */
  readonly hasSealed: boolean;
}

/** The signing keys of a store. Every method can also refuse with `store-unavailable` and `row-tampered`. */
export class Keys {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** The keys of a provider, whatever their status. */
  list(providerId: string): Promise<Outcome<KeyVersion[], StorageCode>> {
    return asOutcome(async () => (await currentDocuments(this.#context.source, 'key', providerId)).map(keyOf));
  }

  /** The sealed private part. Refuses with `not-found` when there is none. */
  sealed(providerId: string, keyId: string): Promise<Outcome<Uint8Array, StorageCode>> {
    return asOutcome(async () => {
      const where = `key ${keyId}`;
      const { sealedDigest } = contentOf(
        requireFound(await currentDocument(this.#context.source, keyName(providerId, keyId)), where),
      );
      if (sealedDigest === null) refuse<StorageCode>('not-found', where, 'its private part is not in the store');
      const row = await this.#context.source.db
        .selectFrom('sealed_keys')
        .select('sealed')
        .where('provider_id', '=', providerId)
        .where('key_id', '=', keyId)
        .executeTakeFirst();
      if (row === undefined || digestOf(row.sealed) !== sealedDigest) {
        refuse<StorageCode>('row-tampered', `sealed_keys ${keyId}`, 'the sealed key is not the one that was stored');
      }
      return Uint8Array.from(row.sealed);
    });
  }

  /**
   * Adds a key; `sealed` is null when its private part is stored elsewhere. Refuses with `not-found` (the provider) and with
   * `version-conflict` when the key exists.
   */
  add(
    providerId: string,
    keyId: string,
    state: KeyMetadata,
    sealed: Uint8Array | null,
    origin: ChangeOrigin,
  ): Promise<Outcome<KeyVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      await requireProvider(change, providerId);
      const content = { ...state, sealedDigest: sealed === null ? null : digestOf(sealed) };
      const id = keyName(providerId, keyId);
      const row = await append(change, id, 'add', content, origin, { expectedEtag: absentEtag });
      if (sealed !== null) {
        await change.db.insertInto('sealed_keys').values({ provider_id: providerId, key_id: keyId, sealed }).execute();
      }
      return keyOf(row);
    });
  }

  /** Destroys the private part for good; the public part and the history stay. Refuses with `not-found`, `version-conflict`. */
  destroy(
    providerId: string,
    keyId: string,
    status: string,
    origin: ChangeOrigin,
    condition: Condition = {},
  ): Promise<Outcome<KeyVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      const content = { ...(await requireKey(change, providerId, keyId)), status, sealedDigest: null };
      const row = await append(change, keyName(providerId, keyId), 'destroy', content, origin, condition);
      await change.db
        .deleteFrom('sealed_keys')
        .where('provider_id', '=', providerId)
        .where('key_id', '=', keyId)
        .execute();
      return keyOf(row);
    });
  }
}

type KeyContent = z.infer<typeof keyContent>;

async function requireKey(change: Change, providerId: string, keyId: string): Promise<KeyContent> {
  await requireProvider(change, providerId);
  return contentOf(requireFound(await currentDocument(change, keyName(providerId, keyId)), `key ${keyId}`));
}

function append(
  change: Change,
  id: DocumentName,
  action: z.infer<typeof keyAction>,
  content: KeyContent,
  origin: ChangeOrigin,
  condition: Condition,
): Promise<DocumentTable> {
  return change.append(id, { action, content: JSON.stringify(content) }, origin, condition);
}

function keyName(providerId: string, keyId: string): DocumentName {
  return { providerId, kind: 'key', name: keyId };
}

function digestOf(sealed: Uint8Array): string {
  return createHash('sha256').update(sealed).digest('base64url');
}

function contentOf(row: DocumentTable): KeyContent {
  return keyContent.parse(JSON.parse(row.content ?? 'null'));
}

function keyOf(row: DocumentTable): KeyVersion {
  const { sealedDigest, ...state } = contentOf(row);
  const facts = factsOf(row, keyAction.parse(row.action));
  return { ...state, ...facts, providerId: row.provider_id, keyId: row.name, hasSealed: sealedDigest !== null };
}
