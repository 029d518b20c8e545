/** Reads and writes the document of one attestation provider. */
import { z } from 'zod';
import type { DocumentTable } from '../database/schema.ts';
import { type DocumentName, factsOf, type VersionFacts } from './document.ts';
import { currentDocument, type DocumentSource, requireFound } from './documents.ts';

const providerContent = z.strictObject({
  id: z.string(),
  name: z.string(),
  subscription: z.string(),
  resourceGroup: z.string(),
  location: z.string(),
  tags: z.record(z.string(), z.string()),
  trustModel: z.enum(['AAD', 'Isolated']),
  /** `Ready` and the other states of the resource provider; `Deleted` is the store's own last word. */
  status: z.string(),
  /** The service's settings of the provider (baseline, access rules …); the store does not look inside. */
  settings: z.record(z.string(), z.json()),
  createdAtMs: z.number(),
  deletedAtMs: z.number().nullable(),
});

/** What a provider is. Names, subscriptions and resource groups compare without regard to case. */
export type ProviderRecord = Readonly<z.infer<typeof providerContent>>;
const providerAction = z.enum(['create', 'update', 'delete']);

/** What happened to a provider. */
export type ProviderAction = z.infer<typeof providerAction>;
/** A version of a provider. */
export type ProviderVersion = ProviderRecord & VersionFacts<ProviderAction>;

/** The provider, for changes that belong to one. Refuses with `not-found` when there is none or it was deleted. */
export async function requireProvider(source: DocumentSource, id: string): Promise<ProviderVersion> {
  return requireFound(await liveProvider(source, id), `provider ${id}`);
}

/** The provider, unless there is none or it was deleted. */
export async function liveProvider(source: DocumentSource, id: string): Promise<ProviderVersion | undefined> {
  const row = await currentDocument(source, providerName(id));
  if (row === undefined) return undefined;
  const provider = providerOf(row);
  return provider.deletedAtMs === null ? provider : undefined;
}

/** How the document of a provider is named. */
export function providerName(id: string): DocumentName {
  return { providerId: id, kind: 'provider', name: '' };
}

/** Reads a version of a provider. */
export function providerOf(row: DocumentTable): ProviderVersion {
  const record = providerContent.parse(JSON.parse(row.content ?? 'null'));
  return { ...record, ...factsOf(row, providerAction.parse(row.action)) };
}
