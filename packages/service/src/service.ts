/** Starts and stops the service: everything meets here. */
import type { AddressInfo } from 'node:net';
import { generateSigningKey } from '@atesto/token';
import { parseConfig } from './config/load.ts';
import type { ServiceConfig, ServiceSettings } from './config/schema.ts';
import { addOperations } from './http/operation.ts';
import { refuseRequest } from './http/refusal.ts';
import { createServer, type LogSink } from './http/server.ts';
import type { Provider } from './providers/provider.ts';
import { getCerts } from './routes/get-certs.ts';
import { getHealth, getReadiness } from './routes/get-health.ts';
import { getOpenIdConfiguration } from './routes/get-openid-configuration.ts';
import type { ServiceContext } from './service-context.ts';
import { tlsMaterial } from './tls/material.ts';

/** What a program may put in place of the surroundings. */
export interface ServiceOptions {
  /** The time at which evidence is appraised and tokens are issued; TLS and access tokens go by the system's clock. Default: the system's. */
  readonly clock?: (() => Date) | undefined;
  /** Where log lines (JSON) go; default: standard output. */
  readonly log?: LogSink | undefined;
}

/** A running service. */
export interface RunningService {
  /** The URI of the default provider, without trailing slash. */
  readonly url: string;
  /** The path of the CA (PEM) that clients must be made to trust; only in development. */
  readonly caFile: string | undefined;
  /** Stops taking requests, lets those under way finish, closes. */
  close(): Promise<void>;
}

/** Starts a service. Throws `ConfigRefused` with every fault of the settings. */
export async function startService(settings: ServiceSettings, options: ServiceOptions = {}): Promise<RunningService> {
  const config = parseConfig(settings);
  const clock = options.clock ?? (() => new Date());
  const tls = await tlsMaterial(config);
  const app = createServer(config, tls, options.log);
  let provider: Provider | undefined;
  let isStopping = false;
  const context: ServiceContext = {
    clock,
    isReady: () => provider !== undefined && !isStopping,
    providerOf: () => provider ?? refuseRequest('not-ready', 'service', 'it is starting'),
  };
  addOperations(app, [getHealth, getReadiness(context), getCerts(context), getOpenIdConfiguration(context)]);
  const known = baseUriOf(config, config.listen.port);
  if (known !== undefined) provider = await openProvider(known);
  await app.listen({ host: config.listen.host, port: config.listen.port });
  const url = known ?? baseUriOf(config, portOf(app.server.address())) ?? '';
  provider ??= await openProvider(url);
  return {
    url,
    caFile: tls.developmentCaFile,
    close: async () => {
      isStopping = true;
      await app.close();
    },
  };
}

async function openProvider(uri: string): Promise<Provider> {
  const made = await generateSigningKey({ issuer: uri, notBefore: new Date(0), notAfter: new Date(2e12) });
  if (!made.ok) throw new Error(made.refusal.why);
  const key = made.value;
  return { uri, keys: { current: () => key, published: () => [key] } };
}

function baseUriOf({ baseUri, listen }: ServiceConfig, port: number): string | undefined {
  if (baseUri !== undefined) return baseUri.replace(/\/+$/, '');
  if (port === 0) return undefined;
  const host = listen.host === '0.0.0.0' || listen.host === '::' ? 'localhost' : listen.host;
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
