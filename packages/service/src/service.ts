/** Starts and stops the service: everything meets here. */
import type { IntelEndorsementSource } from '@atesto/endorsements';
import type { Recorder } from './attest/steps/record.ts';
import { parseConfig } from './config/load.ts';
import type { ServiceConfig, ServiceSettings } from './config/schema.ts';
import { baseUriOf, portOf } from './http/base-uri.ts';
import { closeServer } from './http/close.ts';
import { refuseRequest } from './http/refusal.ts';
import { createServer, type LogSink } from './http/server.ts';
import { acceptedIssuers } from './identity/accepted-issuers.ts';
import { bearerChallenge } from './identity/challenge.ts';
import { type DevelopmentIdentity, startDevelopmentProvider } from './identity/development-provider.ts';
import { openKeys } from './keys/open-keys.ts';
import { intelSourceOf } from './providers/intel-source.ts';
import { openProvider } from './providers/open-provider.ts';
import type { Provider } from './providers/provider.ts';
import { addRoutes } from './routes/routes.ts';
import type { ServiceContext } from './service-context.ts';
import { tlsMaterial } from './tls/material.ts';

/** What a program may put in place of the surroundings. */
export interface ServiceOptions {
  /** The time at which evidence is appraised and tokens are issued; TLS and access tokens go by the system's clock. Default: the system's. */
  readonly clock?: (() => Date) | undefined;
  /** Where log lines (JSON) go; default: standard output. */
  readonly log?: LogSink | undefined;
  /** Where Intel's collateral comes from; default: as configured. */
  readonly intelEndorsements?: IntelEndorsementSource | undefined;
  /** Puts down each delivered token before it is delivered; default: nothing is put down. */
  readonly record?: Recorder | undefined;
}

/** A running service. */
export interface RunningService {
  /** The URI of the default provider, without trailing slash. */
  readonly url: string;
  /** The path of the CA (PEM) that clients must be made to trust; only in development. */
  readonly caFile: string | undefined;
  /** The development OpenID provider and its client, when it runs. */
  readonly developmentIdentity: DevelopmentIdentity | undefined;
  /** Stops taking requests, lets those under way finish, closes. */
  close(): Promise<void>;
}

/** What must be ended when the service stops, in the order in which it began. */
type Stops = (() => Promise<void> | void)[];

/** Starts a service. Throws `ConfigRefused` with every fault of the settings. */
export async function startService(settings: ServiceSettings, options: ServiceOptions = {}): Promise<RunningService> {
  const config = parseConfig(settings);
  const stops: Stops = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    return { ...(await start(config, options, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  config: ServiceConfig,
  options: ServiceOptions,
  stops: Stops,
): Promise<Omit<RunningService, 'close'>> {
  const tls = await tlsMaterial(config);
  const development = config.developmentIdentity.enabled ? await startDevelopmentProvider(config) : undefined;
  if (development !== undefined) stops.push(development.close);
  const issuers = [...config.identity.issuers, ...(development === undefined ? [] : [development.accepted])];
  const challenge = bearerChallenge(
    issuers.map(({ issuer }) => issuer),
    config.identity.audiences,
  );
  const app = createServer(config, tls, challenge, options.log);
  const clock = options.clock ?? (() => new Date());
  const parts = {
    accessTokens: acceptedIssuers(config, issuers, app.log),
    intelSource: options.intelEndorsements ?? intelSourceOf(config),
  };
  const open = async (uri: string): Promise<Provider> => {
    const { keys, stop } = await openKeys(config, uri, clock, app.log);
    stops.push(stop);
    return openProvider(config, { ...parts, uri, keys });
  };

  let provider: Provider | undefined;
  let isStopping = false;
  const context: ServiceContext = {
    clock,
    record: options.record ?? (() => {}),
    isReady: () => provider !== undefined && !isStopping,
    providerOf: () => provider ?? refuseRequest('not-ready', 'service', 'it is starting'),
  };
  const known = baseUriOf(config, config.listen.port);
  addRoutes(app, known === undefined ? '' : new URL(known).pathname.replace(/\/$/, ''), context);
  if (known !== undefined) provider = await open(known);
  stops.push(() => closeServer(app, config.limits.shutdownGraceMs));
  stops.push(() => {
    isStopping = true;
  });
  await app.listen({ host: config.listen.host, port: config.listen.port });
  const url = known ?? baseUriOf(config, portOf(app.server.address())) ?? '';
  provider ??= await open(url);
  const caFile = tls.developmentCaFile;
  if (caFile !== undefined) app.log.info(`to let a client trust this service: export NODE_EXTRA_CA_CERTS=${caFile}`);
  return { url, caFile, developmentIdentity: development?.identity };
}
