/** Opens the administrator's side of a service. */
import { checkOptions, type OptionNames } from '@atesto/core';
import { checkAddress, providerAddress } from '../http/address.ts';
import { openHttpClient } from '../http/answer.ts';
import type { Pause } from '../http/send.ts';
import type { TokenCredential } from '../identity/credential.ts';
import { timeoutMs } from '../options.ts';
import { ProviderAdministration } from './client.ts';
import { ProvidersClient } from './providers.ts';

/** Which service, and as whom. */
export interface AdministrationOptions {
  /** URI of the service, which is that of its default provider; https. */
  readonly endpoint: string;
  /** Gives access tokens, such as a credential of `@azure/identity`. */
  readonly credential: TokenCredential;
  /** The scope of access tokens for attestation providers. Default: `https://attest.azure.net/.default`. */
  readonly scope?: string;
  /** The scope of access tokens for the resource-provider API. Default: `https://management.azure.com/.default`. */
  readonly managementScope?: string;
  /** PEM of a CA that is trusted besides the public ones. Default: none. */
  readonly ca?: string;
  /** How long one call may take with all its retries, up to 600 seconds. Default 30. */
  readonly timeoutSeconds?: number;
  /** Waits between attempts. Default: a timer. */
  readonly pause?: Pause;
}

/** The administrator's side of a service. */
export interface AdministrationClient extends AsyncDisposable {
  readonly providers: ProvidersClient;
  /** One provider, by its name; the default provider without one. */
  provider(name?: string): ProviderAdministration;
  /** Ends the connections. */
  close(): Promise<void>;
}

const optionNames: OptionNames<AdministrationOptions> = {
  endpoint: true,
  credential: true,
  scope: true,
  managementScope: true,
  ca: true,
  timeoutSeconds: true,
  pause: true,
};

/** Sets it up; nothing is sent yet. Throws `ConfigurationError` when an option is wrong. */
export function createAdministrationClient(options: AdministrationOptions): AdministrationClient {
  checkOptions<AdministrationOptions>(options, optionNames, 'options');
  const endpoint = checkAddress(options.endpoint, 'options.endpoint');
  const { scope = 'https://attest.azure.net/.default', managementScope = 'https://management.azure.com/.default' } =
    options;
  const limits = { timeoutMs: timeoutMs(options.timeoutSeconds), retries: 2, pause: options.pause };
  const client = openHttpClient(options.ca);
  const deps = { client, credential: options.credential, limits };
  return {
    providers: new ProvidersClient(endpoint, { ...deps, scope: managementScope }),
    provider: (name) => new ProviderAdministration(providerAddress(endpoint, name), { ...deps, scope }),
    close: () => client.close(),
    [Symbol.asyncDispose]: () => client.close(),
  };
}
