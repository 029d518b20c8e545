/**
 * Which providers are there? All of them are known by name; each is opened with its first request, and follows the store from then
 * on: a change that another instance made is in force here before that instance may call it so.
 */
import { type Refusal, Refused } from '@atesto/evidence';
import type { FastifyBaseLogger } from 'fastify';
import type { OpenKeys } from '../keys/open-keys.ts';
import type { ProviderVersion, StorageCode, Store, StoreChange } from '../storage/index.ts';
import { LiveProvider } from './live-provider.ts';
import type { SharedParts } from './open-provider.ts';
import { PoliciesInForce } from './policies-in-force.ts';
import type { ProviderPolicy } from './policy.ts';
import type { Provider } from './provider.ts';
import type { VerifyStoredPolicy } from './stored-policy.ts';

/** What the directory needs to open providers. */
export interface DirectoryParts {
  readonly store: Store;
  readonly leaseMs: number;
  /** The URI of a provider, by its name. */
  readonly uriOf: (name: string) => string;
  readonly shared: SharedParts;
  readonly openKeys: (record: ProviderVersion, uri: string) => Promise<OpenKeys>;
  readonly defaultPolicies: (record: ProviderVersion) => ReadonlyMap<string, ProviderPolicy>;
  readonly verifyStoredPolicy: VerifyStoredPolicy;
  readonly log: FastifyBaseLogger;
}

interface Entry {
  record: ProviderVersion;
  /** The opened provider; what happens to it happens one after the other. */
  live: Promise<LiveProvider> | undefined;
}

/** The providers of a service. */
export class ProviderDirectory {
  readonly #parts: DirectoryParts;
  readonly #entries = new Map<string, Entry>();
  /** By the name in lower case. */
  readonly #ids = new Map<string, string>();
  /** Changes wait until the list is read: one that is older than they are must not go over them. */
  readonly #opened = Promise.withResolvers<void>();
  #unsubscribe: () => void = () => {};

  private constructor(parts: DirectoryParts) {
    this.#parts = parts;
  }

  /** Learns which providers there are. Throws `Refused` with the store's code. */
  static async open(parts: DirectoryParts): Promise<ProviderDirectory> {
    const directory = new ProviderDirectory(parts);
    directory.#unsubscribe = parts.store.changes.subscribe((change) => directory.#take(change));
    try {
      for (const record of held(await parts.store.providers.list())) directory.#learn(record);
    } finally {
      directory.#opened.resolve();
    }
    return directory;
  }

  /** The provider of a name, in any case; undefined: there is none. Throws `Refused` when it cannot be opened now. */
  async byName(name: string): Promise<Provider | undefined> {
    const entry = this.#entryOf(name);
    return entry === undefined ? undefined : (await this.#openEntry(entry)).provider;
  }

  /** Whether a provider is to take no requests. */
  isClosed(name: string): boolean {
    return this.#entryOf(name)?.record.settings.publicNetworkAccess === 'Disabled';
  }

  /** The URI of a provider, by its name. */
  uriOf(name: string): string {
    return this.#parts.uriOf(name);
  }

  /** Closes every provider. */
  async close(): Promise<void> {
    this.#unsubscribe();
    const open = [...this.#entries.values()].map(({ live }) => live);
    this.#entries.clear();
    this.#ids.clear();
    for (const live of await Promise.allSettled(open)) {
      if (live.status === 'fulfilled') live.value?.close();
    }
  }

  #entryOf(name: string): Entry | undefined {
    return this.#entries.get(this.#ids.get(name.toLowerCase()) ?? '');
  }

  #learn(record: ProviderVersion): Entry {
    const known = this.#entries.get(record.id);
    const entry = known ?? { record, live: undefined };
    if (record.revision >= entry.record.revision) entry.record = record;
    this.#entries.set(record.id, entry);
    this.#ids.set(record.name.toLowerCase(), record.id);
    return entry;
  }

  async #forget(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    const name = entry.record.name.toLowerCase();
    if (this.#ids.get(name) === id) this.#ids.delete(name);
    (await entry.live?.catch(() => undefined))?.close();
  }

  /** Takes in one change of the store, by whichever instance it was made. */
  async #take({ kind, providerId }: StoreChange): Promise<void> {
    await this.#opened.promise;
    if (kind === 'provider') await this.#takeProvider(providerId);
    if (kind === 'policy' || kind === 'signers') await this.#refresh(providerId);
  }

  async #takeProvider(id: string): Promise<void> {
    const record = held(await this.#parts.store.providers.byId(id));
    if (record === undefined) await this.#forget(id);
    else this.#learn(record);
  }

  async #refresh(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    const live = entry?.live;
    if (entry === undefined || live === undefined) return;
    // A provider that is being opened may have read the store before the change.
    const opened = await live.catch(() => undefined);
    if (opened !== undefined) await opened.refresh();
  }

  #openEntry(entry: Entry): Promise<LiveProvider> {
    entry.live ??= this.#openLive(entry.record).catch((error: unknown) => {
      entry.live = undefined;
      throw error;
    });
    return entry.live;
  }

  async #openLive(record: ProviderVersion): Promise<LiveProvider> {
    const { store, leaseMs, shared, log } = this.#parts;
    const uri = this.uriOf(record.name);
    const openKeys = await this.#parts.openKeys(record, uri);
    try {
      const policies = new PoliciesInForce(this.#parts.defaultPolicies(record), this.#parts.verifyStoredPolicy);
      const onRefused = (refusal: Refusal): void =>
        log.error({ provider: record.name, ...refusal }, 'a stored policy does not count');
      return await LiveProvider.open({ store, leaseMs, record, uri, shared, openKeys, policies, onRefused });
    } catch (error) {
      openKeys.stop();
      throw error;
    }
  }
}

function held<Value>(
  outcome:
    | { readonly ok: true; readonly value: Value }
    | { readonly ok: false; readonly refusal: Refusal<StorageCode> },
): Value {
  if (outcome.ok) return outcome.value;
  throw new Refused(outcome.refusal);
}
