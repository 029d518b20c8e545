/** Opens the administrator's side of a service. */
import { checkAddress, providerAddress } from '../http/address.ts';
import { openHttpClient } from '../http/answer.ts';
import type { Pause } from '../http/send.ts';
import type { Credential } from '../identity/credential.ts';
import { checkMilliseconds } from '../options.ts';
import { ProviderAdministration } from './client.ts';
import { ProvidersClient } from './providers.ts';

/** Which service, and as whom. */
export interface AdministrationOptions {
  /** URI of the service, which is that of its default provider; https. */
  readonly endpoint: string;
  /** Gives access tokens for attestation providers (audience `https://attest.azure.net`). */
  readonly credential: Credential;
  /** Gives access tokens for the resource-provider API (audience `https://management.azure.com`). Default: `credential`. */
  readonly managementCredential?: Credential;
  /** PEM of a CA that is trusted besides the public ones. Default: none. */
  readonly ca?: string;
  /** How long one call may take with all its retries, 1 to 600000 milliseconds. Default 30000. */
  readonly timeoutMilliseconds?: number;
  /** Waits between attempts. Default: a timer. */
  readonly pause?: Pause;
}

/** The administrator's side of a service. */
export interface AdministrationClient {
  readonly providers: ProvidersClient;
  /** One provider, by its name; the default provider without one. */
  provider(name?: string): ProviderAdministration;
  /** Ends the connections. */
  close(): Promise<void>;
}

/** Sets it up; nothing is sent yet. Throws `ClientError` when an option is wrong. */
export function createAdministrationClient(options: AdministrationOptions): AdministrationClient {
  const endpoint = checkAddress(options.endpoint, 'endpoint');
  const { credential, managementCredential = credential, pause } = options;
  const client = openHttpClient(options.ca);
  const timeoutMilliseconds = checkMilliseconds(options.timeoutMilliseconds ?? 30_000);
  const deps = { client, limits: { timeoutMilliseconds, retries: 2, pause } };
  return {
    providers: new ProvidersClient(endpoint, { ...deps, credential: managementCredential }),
    provider: (name) => new ProviderAdministration(providerAddress(endpoint, name), { ...deps, credential }),
    close: () => client.close(),
  };
}
