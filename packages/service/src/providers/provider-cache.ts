/**
 * Caches the providers of the store. All of them are known by name; each is opened with its first request, and follows the store from then
 * on: a change by another instance is in force here before that instance confirms it.
 */
import { type Refusal, unwrap } from '@atesto/core';
import type { ProviderVersion, Store, StoreChange } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import type { OpenKeys } from '../keys/open-keys.ts';
import { LiveProvider } from './live-provider.ts';
import type { SharedDeps } from './open-provider.ts';
import { PoliciesInForce } from './policies-in-force.ts';
import type { ProviderPolicy } from './policy.ts';
import type { Provider } from './provider.ts';
import type { VerifyStoredPolicy } from './stored-policy.ts';

/** What the directory needs to open providers. */
export interface ProviderCacheDeps {
  readonly store: Store;
  readonly leaseMs: number;
  /** The URI of a provider, by its name. */
  readonly uriOf: (name: string) => string;
  readonly shared: SharedDeps;
  readonly openKeys: (record: ProviderVersion, uri: string) => Promise<OpenKeys>;
  readonly defaultPolicies: (record: ProviderVersion) => ReadonlyMap<string, ProviderPolicy>;
  readonly verifyStoredPolicy: VerifyStoredPolicy;
  readonly log: FastifyBaseLogger;
}

/**
 * A listener of changes must never wait for a provider that is being opened: that makes keys, which is a change itself, and a
 * change waits for all listeners. So `opened` stands from the moment at which policies are read, and reading alone is waited for.
 */
interface Entry {
  record: ProviderVersion;
  /** The provider, once it can serve. */
  live: Promise<LiveProvider> | undefined;
  opened: LiveProvider | undefined;
  isForgotten: boolean;
}

/** The providers of a service. */
export class ProviderCache {
  readonly #parts: ProviderCacheDeps;
  readonly #entries = new Map<string, Entry>();
  /** By the name in lower case. */
  readonly #ids = new Map<string, string>();
  /** Changes wait until the list is read: one that is older than they are must not go over them. */
  readonly #opened = Promise.withResolvers<void>();
  #unsubscribe: () => void = () => {};

  private constructor(parts: ProviderCacheDeps) {
    this.#parts = parts;
  }

  /** Learns which providers there are. Throws `Refused` with the store's code. */
  static async open(parts: ProviderCacheDeps): Promise<ProviderCache> {
    const directory = new ProviderCache(parts);
    directory.#unsubscribe = parts.store.changes.subscribe((change) => directory.#take(change));
    try {
      for (const record of unwrap(await parts.store.providers.list())) directory.#learn(record);
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

  /** Whether there are providers besides one. */
  get hasSeveral(): boolean {
    return this.#entries.size > 1;
  }

  /** Whether a provider is to take no requests. */
  isClosed(name: string): boolean {
    return this.#entryOf(name)?.record.settings.publicNetworkAccess === 'Disabled';
  }

  /** A name as the provider was created with it; undefined: there is none of this name, in whichever case. */
  nameOf(name: string): string | undefined {
    return this.#entryOf(name)?.record.name;
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
    const entry = known ?? { record, live: undefined, opened: undefined, isForgotten: false };
    if (record.revision >= entry.record.revision) entry.record = record;
    this.#entries.set(record.id, entry);
    this.#ids.set(record.name.toLowerCase(), record.id);
    return entry;
  }

  #forget(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.isForgotten = true;
    this.#entries.delete(id);
    const name = entry.record.name.toLowerCase();
    if (this.#ids.get(name) === id) this.#ids.delete(name);
    entry.opened?.close();
  }

  /** Takes in one change of the store, by whichever instance it was made. */
  async #take({ kind, providerId }: StoreChange): Promise<void> {
    await this.#opened.promise;
    if (kind === 'provider') await this.#takeProvider(providerId);
    if (kind === 'policy' || kind === 'signers') await this.#entries.get(providerId)?.opened?.refresh();
  }

  async #takeProvider(id: string): Promise<void> {
    const record = unwrap(await this.#parts.store.providers.byId(id));
    if (record === undefined) this.#forget(id);
    else this.#learn(record);
  }

  #openEntry(entry: Entry): Promise<LiveProvider> {
    entry.live ??= this.#openLive(entry).catch((error: unknown) => {
      entry.live = undefined;
      entry.opened = undefined;
      throw error;
    });
    return entry.live;
  }

  async #openLive(entry: Entry): Promise<LiveProvider> {
    const { record } = entry;
    const uri = this.uriOf(record.name);
    const openKeys = await this.#parts.openKeys(record, uri);
    try {
      const live = this.#liveOf(record, uri, openKeys);
      entry.opened = live;
      await live.refresh();
      if (entry.isForgotten) live.close();
      return live;
    } catch (error) {
      openKeys.stop();
      throw error;
    }
  }

  #liveOf(record: ProviderVersion, uri: string, openKeys: OpenKeys): LiveProvider {
    const { store, leaseMs, shared, log, defaultPolicies, verifyStoredPolicy } = this.#parts;
    const policies = new PoliciesInForce(defaultPolicies(record), verifyStoredPolicy);
    const onRefused = (refusal: Refusal): void =>
      log.error({ provider: record.name, ...refusal }, 'a stored policy does not count');
    return new LiveProvider({ store, leaseMs, record, uri, shared, openKeys, policies, onRefused });
  }
}
