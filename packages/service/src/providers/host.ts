/** The providers of a running service: where the request's words meet the directory. */
import { Refused } from '@atesto/evidence';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { ServiceConfig } from '../config/schema.ts';
import { refuseRequest, refuseWithin } from '../http/refusal.ts';
import type { OpenKeys } from '../keys/open-keys.ts';
import type { Store } from '../storage/index.ts';
import { noteForAudit } from '../trail/notes.ts';
import { addressedName, givenName, providerUri, unknown } from './address.ts';
import { configuredPolicies } from './configured-policies.ts';
import { defaultProviderName, ensureDefaultProvider } from './default-provider.ts';
import { ProviderDirectory } from './directory.ts';
import type { SharedParts } from './open-provider.ts';
import type { Provider } from './provider.ts';
import type { VerifyStoredPolicy } from './stored-policy.ts';

/** What hosting stands on. */
export interface HostParts {
  readonly config: ServiceConfig;
  readonly store: Store;
  readonly shared: SharedParts;
  readonly openKeys: (providerId: string, uri: string) => Promise<OpenKeys>;
  readonly verifyStoredPolicy: VerifyStoredPolicy;
  readonly clock: () => Date;
  readonly log: FastifyBaseLogger;
}

/** The providers of a service; there are none before {@link ProviderHost.open}. */
export class ProviderHost {
  readonly #parts: HostParts;
  #baseUri = '';
  #directory: ProviderDirectory | undefined;

  constructor(parts: HostParts) {
    this.#parts = parts;
  }

  /** Whether requests can be served. */
  get isOpen(): boolean {
    return this.#directory !== undefined;
  }

  /** Opens the directory and the default provider. Throws `ConfigRefused`, or `Refused` with the store's code. */
  async open(baseUri: string): Promise<void> {
    const { config, store, shared, openKeys, verifyStoredPolicy, clock, log } = this.#parts;
    this.#baseUri = baseUri;
    const policies = configuredPolicies(config);
    await ensureDefaultProvider(store, config.providers.location, clock());
    const directory = await ProviderDirectory.open({
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

  /** See `ServiceContext.recordedName`. */
  recordedName(name: string): string {
    return this.#directory?.nameOf(name) ?? name;
  }

  /** See `ServiceContext.providerOf`. */
  async providerOf(request: FastifyRequest): Promise<Provider> {
    const name = addressedName(request, this.#parts.config.providers.baseDomain);
    const provider = (await this.#find(name)) ?? unknown();
    noteForAudit(request, { provider: provider.name });
    return provider;
  }

  async close(): Promise<void> {
    await this.#directory?.close();
  }

  async #find(name: string): Promise<Provider | undefined> {
    const directory = this.#directory;
    if (directory === undefined) return refuseRequest('not-ready', 'service', 'it is starting');
    if (directory.isClosed(name)) refuseRequest('provider-closed', 'provider', 'its publicNetworkAccess is Disabled');
    try {
      return await directory.byName(name);
    } catch (error) {
      if (error instanceof Refused) return refuseWithin(error.refusal, 'store', 503, 'ServiceUnavailable');
      throw error;
    }
  }
}
