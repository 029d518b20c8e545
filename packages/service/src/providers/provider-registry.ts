/** Finds the provider that a request addresses, and follows the store when it is replaced. */
import { Refused } from '@atesto/core';
import type { Store } from '@atesto/store';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import { addAuditContext } from '../audit/context.ts';
import type { ServiceConfig } from '../config/schema.ts';
import type { OpenKeys } from '../keys/open-keys.ts';
import { PartFailed, refuse } from '../refuse.ts';
import { addressedName, givenName, pathName, providerUri, refuseUnknownProvider } from './address.ts';
import { configuredPolicies } from './configured-policies.ts';
import { defaultProviderName, ensureDefaultProvider } from './default-provider.ts';
import { misdirectionOf } from './misdirected.ts';
import type { SharedDeps } from './open-provider.ts';
import type { Provider } from './provider.ts';
import { ProviderCache } from './provider-cache.ts';
import type { VerifyStoredPolicy } from './stored-policy.ts';

/** What hosting stands on. */
export interface ProviderRegistryDeps {
  readonly config: ServiceConfig;
  readonly store: Store;
  readonly shared: SharedDeps;
  readonly openKeys: (providerId: string, uri: string) => Promise<OpenKeys>;
  readonly verifyStoredPolicy: VerifyStoredPolicy;
  readonly clock: () => Date;
  readonly log: FastifyBaseLogger;
}

const retryMs = 1000;

/** The providers of a service; there are none before {@link ProviderRegistry.open}. */
export class ProviderRegistry {
  readonly #parts: ProviderRegistryDeps;
  #baseUri = '';
  #directory: ProviderCache | undefined;
  #unsubscribe: (() => void) | undefined;
  #reopening: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(parts: ProviderRegistryDeps) {
    this.#parts = parts;
  }

  /** Whether requests can be served. */
  get isOpen(): boolean {
    return this.#directory !== undefined;
  }

  /**
   * Opens the directory and the default provider; later, when the history of the store is in doubt: as soon as an operator accepted it.
   * Throws `ConfigRefused`, or `Refused` with the store's code.
   */
  async open(baseUri: string): Promise<void> {
    const { store } = this.#parts;
    this.#baseUri = baseUri;
    this.#unsubscribe ??= store.changes.whenReplaced(() => this.#reopen());
    if (store.history().refusal === undefined) await this.#openDirectory();
  }

  /** The store is another one now: nothing that was read from the old one counts. */
  #reopen(): void {
    const old = this.#directory;
    this.#directory = undefined;
    clearTimeout(this.#retry);
    this.#reopening = this.#reopening
      .then(() => old?.close())
      .then(() => (this.#isClosed ? undefined : this.#openDirectory()))
      .catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'the providers of the accepted store cannot be opened yet');
        if (!this.#isClosed) this.#retry = setTimeout(() => this.#reopen(), retryMs).unref();
      });
  }

  async #openDirectory(): Promise<void> {
    const { config, store, shared, openKeys, verifyStoredPolicy, clock, log } = this.#parts;
    const policies = configuredPolicies(config);
    await ensureDefaultProvider(store, config.providers.location, clock());
    const directory = await ProviderCache.open({
      store,
      leaseMs: config.storage.leaseMs,
      uriOf: (name) => this.uriOf(name),
      shared,
      openKeys: (record, uri) => openKeys(record.id, uri),
      defaultPolicies: () => policies,
      verifyStoredPolicy,
      log,
    });
    try {
      await directory.byName(defaultProviderName);
    } catch (error) {
      await directory.close();
      throw error;
    }
    this.#directory = directory;
  }

  /** The URI of a provider without trailing slash. */
  uriOf(name: string): string {
    return providerUri(name, this.#baseUri, this.#parts.config.providers.baseDomain);
  }

  /** See `ServiceContext.addressed`. */
  addressed(request: FastifyRequest): string | undefined {
    const name = givenName(request, this.#parts.config.providers.baseDomain);
    return name === undefined ? undefined : this.recordedName(name);
  }

  /** The name of the provider that a request addresses, as it was created; undefined: there is none. */
  knownProvider(request: FastifyRequest): string | undefined {
    const name = givenName(request, this.#parts.config.providers.baseDomain);
    return name === undefined ? undefined : this.#directory?.nameOf(name);
  }

  /** See `ServiceContext.recordedName`. */
  recordedName(name: string): string {
    return this.#directory?.nameOf(name) ?? name;
  }

  /** See `ServiceContext.providerOf`. */
  async providerOf(request: FastifyRequest): Promise<Provider> {
    const name = addressedName(request, this.#parts.config.providers.baseDomain);
    const provider = (await this.#find(name)) ?? refuseUnknownProvider();
    addAuditContext(request, { provider: provider.name });
    this.#refuseMisdirected(request, provider.name);
    return provider;
  }

  #refuseMisdirected(request: FastifyRequest, addressed: string): void {
    const directory = this.#directory;
    if (directory === undefined || !directory.hasSeveral) return;
    const found = misdirectionOf(request, addressed, pathName(request.params) !== undefined, {
      baseUri: this.#baseUri,
      baseDomain: this.#parts.config.providers.baseDomain,
      nameOf: (name) => directory.nameOf(name),
      uriOf: (name) => this.uriOf(name),
    });
    if (found === undefined) return;
    const why = `it names the provider ${found.meant}, and the request reached ${addressed}; send it to ${this.uriOf(found.meant)}`;
    refuse('provider-misdirected', found.where, why);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#unsubscribe?.();
    clearTimeout(this.#retry);
    await this.#reopening;
    await this.#directory?.close();
  }

  async #find(name: string): Promise<Provider | undefined> {
    const directory = this.#directory;
    if (directory === undefined) return refuse('not-ready', 'service', 'it is starting, or waits for its store');
    if (directory.isClosed(name)) refuse('provider-closed', 'provider', 'its publicNetworkAccess is Disabled');
    try {
      return await directory.byName(name);
    } catch (error) {
      if (error instanceof Refused) throw new PartFailed(error.refusal, 'store', 'temporary');
      throw error;
    }
  }
}
