/** Starts and stops the service: all parts are put together here. */
import { createSecureContext } from 'node:tls';
import type { IntelEndorsementSource, SnpEndorsementSource } from '@atesto/endorsements';
import type { Audit, Store } from '@atesto/store';
import { type AdmissionFigures, finishAfterSending, openAdmission } from './admission/index.ts';
import { recordBeforeSending } from './audit/recording.ts';
import { parseConfig } from './config/load.ts';
import type { ServiceConfig, ServiceSettings } from './config/schema.ts';
import { type Development, type DevelopmentIdentity, startDevelopmentIdentity } from './development.ts';
import { Health } from './health/health.ts';
import { baseUriOf, portOf } from './http/base-uri.ts';
import { closeServer } from './http/close.ts';
import { InFlightRequests } from './http/in-flight.ts';
import { OpenConnections } from './http/open-connections.ts';
import { createServer, type LogSink } from './http/server.ts';
import { bearerChallenge } from './identity/challenge.ts';
import { SigningKeyHealth } from './keys/key-health.ts';
import { openKeyStores, openKeys } from './keys/open-keys.ts';
import { verifyStoredPolicy } from './policies/stored.ts';
import { PolicyWorkers } from './policy-workers/policy-workers.ts';
import { sharedParts } from './providers/open-provider.ts';
import { ProviderRegistry } from './providers/provider-registry.ts';
import { LiveParts } from './reload/live-parts.ts';
import { reload } from './reload/reload.ts';
import { addRoutes } from './routes/routes.ts';
import { createContext } from './service-context.ts';
import { closePhases, StopList } from './shutdown.ts';
import { checkStateDirectory, openRecords } from './state/open-records.ts';
import { readTlsMaterial, secureContextOptions } from './tls/material.ts';
import { ServedCertificate } from './tls/served-certificate.ts';

/** What a program may replace or add. */
export interface ServiceOptions {
  /** The time at which evidence is appraised and tokens are issued; TLS and access tokens go by the system's clock. Default: the system's. */
  readonly clock?: (() => Date) | undefined;
  /** A monotonic clock in milliseconds, for request rates. Default: the process's. */
  readonly monotonicMs?: (() => number) | undefined;
  /** Where log lines (JSON) go; default: standard output. */
  readonly log?: LogSink | undefined;
  /** Where Intel's collateral comes from; default: as configured. */
  readonly intelEndorsements?: IntelEndorsementSource | undefined;
  /** Where AMD's endorsements come from; default: as configured. */
  readonly amdEndorsements?: SnpEndorsementSource | undefined;
  /** The store; default: as configured. Closed with the service. */
  readonly store?: Store | undefined;
  /** Aborts a start that waits for the database; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** The audit record; default: the one of the store. Closed with the service. */
  readonly audit?: Audit | undefined;
  /** `development` of `@atesto/development`: needed where no certificate is configured or `developmentIdentity.enabled`. */
  readonly development?: Development | undefined;
}

/** A running service. */
export interface RunningService {
  /** The URI of the default provider, without trailing slash. */
  readonly url: string;
  /** The port that it listens on. */
  readonly port: number;
  /** The path of the CA (PEM) that clients must be made to trust; only in development. */
  readonly caFile: string | undefined;
  /** The development OpenID provider and its client, when it runs. */
  readonly developmentIdentity: DevelopmentIdentity | undefined;
  /** What requests and connections hold at this moment, and what was not admitted since the start. */
  readonly admissionFigures: () => AdmissionFigures;
  /**
   * Reads a configuration and the files that it names, and puts it in force: TLS files, log level, issuers, roles, sources of endorsements and some
   * limits (docs/configuration.md). If anything is invalid, or differs that cannot change at run time, nothing changes and each fault is logged.
   *
   * @param read may throw `ConfigRefused`
   * @returns whether the configuration is in force
   */
  reload(read: () => ServiceSettings): Promise<boolean>;
  /** Stops accepting requests, lets requests in flight finish, and closes everything. */
  close(): Promise<void>;
}

/** Starts a service. Throws `ConfigRefused` with every fault of the settings. */
export async function startService(settings: ServiceSettings, options: ServiceOptions = {}): Promise<RunningService> {
  const config = parseConfig(settings);
  const stops = new StopList();
  const close = () => stops.stop();
  try {
    return { ...(await start(config, options, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  settings: ServiceConfig,
  options: ServiceOptions,
  stops: StopList,
): Promise<Omit<RunningService, 'close'>> {
  checkStateDirectory(settings);
  const { clock = () => new Date() } = options;
  const readTls = (from: ServiceConfig) => readTlsMaterial(from, options.development);
  const tls = await readTls(settings);
  const development = await startDevelopmentIdentity(settings, options.development);
  stops.add(development.close);
  const config = development.extend(settings);
  const running = { config, isStopping: false };

  const app = createServer(config, tls, () => bearerChallengeOf(running.config), options.log);
  const { log } = app;
  stops.add(() => {
    if (running.isStopping) log.info({ event: 'shutdown' }, 'the service has stopped');
  });
  const health = new Health(log, clock);
  const certificate = new ServedCertificate({
    material: tls,
    read: () => readTls(config),
    show: (material) => app.server.setSecureContext(secureContextOptions(material, running.config)),
    reporter: health.dependency('tls-certificate', { isRequired: false }),
    log,
    clock: () => new Date(),
  });
  stops.add(certificate.watch());
  const { store, audit, clockWatch } = await openRecords(config, {
    store: options.store,
    audit: options.audit,
    signal: options.signal,
    ...{ clock, log, health, stops },
  });
  const live = await LiveParts.open(config, { overrides: { ...options, clock }, log, health });
  stops.add(() => live.close());

  const policyWorkers = new PolicyWorkers(config.limits.policyWorkers, log);
  stops.add(() => policyWorkers.close());
  const keyStores = openKeyStores(config);
  stops.add(keyStores.close);
  const keyHealth = new SigningKeyHealth(health.dependency('signing-keys', { isRequired: false }));
  const keyParts = { config, store, keyStores, clock, guard: clockWatch, log, health: keyHealth };
  const host = new ProviderRegistry({
    config,
    store,
    shared: sharedParts(config, { accessTokens: live.accessTokens, sources: live.sources, policyWorkers }),
    openKeys: (providerId, uri) => openKeys(keyParts, providerId, uri),
    verifyStoredPolicy,
    clock,
    log,
  });
  stops.add(() => host.close());
  const admission = openAdmission(app, config, (request) => host.knownProvider(request), options.monotonicMs);
  stops.add(() => admission.logRefusals());

  const isReady = () =>
    host.isOpen && !running.isStopping && health.isReady && store.freshness().ageMs < config.storage.leaseMs;
  const context = createContext({ running, clock, store, audit, health, isReady, host, admission, live });
  app.addHook('onSend', recordBeforeSending(audit, clock));
  finishAfterSending(app, admission);
  app.addHook('onSend', async (_request, reply) => {
    if (running.isStopping) reply.header('connection', 'close');
    if (reply.statusCode === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfterSeconds);
  });
  const connections = new OpenConnections(app.server);
  const inFlight = new InFlightRequests();
  const known = baseUriOf(config, config.listen.port);
  addRoutes(app, known === undefined ? '' : new URL(known).pathname.replace(/\/$/, ''), context, inFlight);
  if (known !== undefined) await host.open(known);
  stops.add(() => closeServer({ app, connections, inFlight }, closePhases(running.config)));
  stops.add(() => {
    running.isStopping = true;
    log.info({ event: 'shutdown', ...closePhases(running.config) }, 'the service stops');
  });
  await app.listen({ host: config.listen.host, port: config.listen.port });
  const port = portOf(app.server.address());
  const url = known ?? baseUriOf(config, port) ?? '';
  if (!host.isOpen) await host.open(url);
  const caFile = tls.developmentCaFile;
  if (caFile !== undefined) log.info(`to let a client trust this service: export NODE_EXTRA_CA_CERTS=${caFile}`);

  const prepare = async (wanted: ServiceConfig): Promise<() => void> => {
    const material = await readTls(wanted);
    createSecureContext(secureContextOptions(material, wanted));
    const putInForce = await live.prepare(wanted);
    return () => {
      running.config = wanted;
      putInForce();
      certificate.replace(material, () => readTls(wanted));
      log.level = wanted.log.level;
      app.server.requestTimeout = wanted.limits.requestTimeoutMs;
      app.server.headersTimeout = wanted.limits.headersTimeoutMs;
      app.server.keepAliveTimeout = wanted.limits.keepAliveTimeoutMs;
      admission.configure(wanted);
    };
  };
  let lastReload: Promise<boolean> = Promise.resolve(true);
  return {
    url,
    port,
    caFile,
    developmentIdentity: development.identity,
    admissionFigures: () => admission.figures,
    reload: (read) => {
      const readConfig = () => development.extend(parseConfig(read()));
      const reloadOnce = () => reload(readConfig, { log, running: () => running.config, prepare });
      lastReload = lastReload.then(() => !running.isStopping && reloadOnce());
      return lastReload;
    },
  };
}

/** About as long as an instance takes to start, or a failed source of endorsements is not asked again. */
const retryAfterSeconds = 5;

function bearerChallengeOf({ identity }: ServiceConfig): string {
  return bearerChallenge(
    identity.issuers.map(({ issuer }) => issuer),
    identity.audiences,
  );
}
