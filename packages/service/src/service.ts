/** Starts and stops the service: everything meets here. */

import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { IntelEndorsementSource, SnpEndorsementSource } from '@atesto/endorsements';
import type { FastifyRequest } from 'fastify';
import { type AdmissionFigures, finishAfterSending, openAdmission } from './admission/index.ts';
import type { Audit } from './audit/index.ts';
import { ClockWatch } from './clock/watch.ts';
import { parseConfig } from './config/load.ts';
import { ConfigRefused } from './config/problem.ts';
import type { ServiceConfig, ServiceSettings } from './config/schema.ts';
import { type Development, type DevelopmentIdentity, startDevelopmentIdentity } from './development.ts';
import { configuredSources } from './endorsements/sources.ts';
import { Health } from './health/health.ts';
import { healthReaders } from './health/readers.ts';
import { baseUriOf, portOf } from './http/base-uri.ts';
import { type ClosePhases, closeServer } from './http/close.ts';
import { Connections } from './http/connections.ts';
import { InFlightRequests } from './http/in-flight.ts';
import { createServer, type LogSink } from './http/server.ts';
import { acceptedIssuers } from './identity/accepted-issuers.ts';
import { bearerChallenge } from './identity/challenge.ts';
import { probeIssuers } from './identity/probe-issuers.ts';
import { SigningKeyHealth } from './keys/key-health.ts';
import { openHolders, openKeys } from './keys/open-keys.ts';
import { verifyStoredPolicy } from './policies/stored.ts';
import { PolicyWorkers } from './policy-workers/policy-workers.ts';
import { defaultProviderName } from './providers/default-provider.ts';
import { ProviderHost } from './providers/host.ts';
import { sharedParts } from './providers/open-provider.ts';
import { reload } from './reload/reload.ts';
import { accessTokensOf, sourcesOf } from './reload/replaceable.ts';
import { SharedReporters, StagedHealth } from './reload/staged-health.ts';
import { authorizeAt, authorizeManagement } from './roles/authorize.ts';
import { hasRole } from './roles/role.ts';
import { addRoutes } from './routes/routes.ts';
import type { ServiceContext } from './service-context.ts';
import { watchSigners } from './signers/watch-expiry.ts';
import { probeDirectory } from './state/file.ts';
import { openConfiguredStore } from './state/open-store.ts';
import { watchStore } from './state/store-health.ts';
import { watchHistory } from './state/watch-history.ts';
import type { Store } from './storage/index.ts';
import { readTlsMaterial, type TlsMaterial } from './tls/material.ts';
import { ServedCertificate } from './tls/served-certificate.ts';
import { BackgroundCheck, keepChainsChecked } from './trail/chain-check.ts';
import { openConfiguredAudit } from './trail/open-audit.ts';
import { keepRetention } from './trail/retention.ts';
import { recordBeforeSending } from './trail/trail.ts';

/** What a program may put in place of the surroundings. */
export interface ServiceOptions {
  /** The time at which evidence is appraised and tokens are issued; TLS and access tokens go by the system's clock. Default: the system's. */
  readonly clock?: (() => Date) | undefined;
  /** Milliseconds of a clock that never goes back: rates of requests are counted by it. Default: the process's. */
  readonly monotonicMs?: (() => number) | undefined;
  /** Where log lines (JSON) go; default: standard output. */
  readonly log?: LogSink | undefined;
  /** Where Intel's collateral comes from; default: as configured. */
  readonly intelEndorsements?: IntelEndorsementSource | undefined;
  /** Where AMD's endorsements come from; default: as configured. */
  readonly amdEndorsements?: SnpEndorsementSource | undefined;
  /** The store; default: as configured. Closed with the service. */
  readonly store?: Store | undefined;
  /** Gives up a start that waits for the database; its reason is thrown. */
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
   * Reads a configuration and puts it in force, with the files that it names: TLS material, log level, issuers, roles, sources of endorsements, some
   * limits (docs/configuration.md). Refused as a whole, with one log line for each fault, when anything is invalid or cannot change while the service
   * runs. Returns whether it is in force. `read` may throw `ConfigRefused`.
   */
  reload(read: () => ServiceSettings): Promise<boolean>;
  /** Stops taking requests, lets those under way finish, closes. */
  close(): Promise<void>;
}

/** What must be ended when the service stops, in the order in which it began. */
type Stops = (() => Promise<void> | void)[];

/** Starts a service. Throws `ConfigRefused` with every fault of the settings. */
export async function startService(settings: ServiceSettings, options: ServiceOptions = {}): Promise<RunningService> {
  const config = parseConfig(settings);
  const stops: Stops = [];
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= stopAll(stops);
    return closed;
  };
  try {
    return { ...(await start(config, options, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Ends everything in reverse order, also when one of the ends fails. Throws what failed first. */
async function stopAll(stops: Stops): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops.splice(0).reverse()) {
    try {
      await stop();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

async function start(
  config: ServiceConfig,
  options: ServiceOptions,
  stops: Stops,
): Promise<Omit<RunningService, 'close'>> {
  checkStateDirectory(config);
  const readTls = (from: ServiceConfig) => readTlsMaterial(from, options.development);
  const tls = await readTls(config);
  const development = await startDevelopmentIdentity(config, options.development);
  stops.push(development.close);
  const running = { current: config };
  const issuersOf = ({ identity }: ServiceConfig) => [...identity.issuers, ...development.issuers];
  const challenge = () =>
    bearerChallenge(
      issuersOf(running.current).map(({ issuer }) => issuer),
      running.current.identity.audiences,
    );
  const app = createServer(config, tls, challenge, options.log);
  let isStopping = false;
  stops.push(() => {
    if (isStopping) app.log.info({ event: 'shutdown' }, 'the service has stopped');
  });
  const clock = options.clock ?? (() => new Date());
  const health = new Health(app.log, clock);
  const certificate = new ServedCertificate({
    material: tls,
    read: () => readTls(config),
    show: (material) => app.server.setSecureContext(secureContext(material, running.current)),
    reporter: health.dependency('tls-certificate', { isRequired: false }),
    log: app.log,
    clock: () => new Date(),
  });
  stops.push(certificate.watch());
  const store =
    options.store ??
    (await openConfiguredStore(config, {
      log: app.log,
      nowMs: () => clock().getTime(),
      signal: options.signal,
      isPatient: true,
    }));
  stops.push(() => store.close());
  stops.push(watchStore(store, health.dependency('store', { isRequired: false })));
  stops.push(watchHistory(store, health.dependency('store-history', { isRequired: true })));
  const clockWatch = await ClockWatch.start({
    store,
    clock,
    toleranceMs: config.clock.toleranceSeconds * 1000,
    reporter: health.dependency('clock', { isRequired: true }),
  });
  stops.push(() => clockWatch.close());
  const audit = options.audit ?? openConfiguredAudit(config, store, health, app.log);
  stops.push(() => audit.close());
  const chainHealth = health.dependency('audit-chain', { isRequired: false });
  stops.push(keepChainsChecked(new BackgroundCheck(audit, chainHealth, app.log)));
  const signerExpiry = health.dependency('policy-signers', { isRequired: false });
  stops.push(watchSigners({ store, reporter: signerExpiry, clock }));
  stops.push(
    keepRetention({
      audit,
      deletions: store.deletions,
      guard: clockWatch,
      days: config.audit,
      delayMs: config.clock.deletionDelayHours * 3_600_000,
      clock,
      log: app.log,
    }),
  );

  const ended = new AbortController();
  stops.push(() => ended.abort());
  const reporters = new SharedReporters(health);
  const openSources = (from: ServiceConfig) => {
    const stage = new StagedHealth(reporters);
    return { ...configuredSources(from, { ...options, clock }, app.log, stage), stage };
  };
  const acceptedBy = (from: ServiceConfig, stage: StagedHealth) => {
    const reporter = stage.dependency('openid-issuers', { isRequired: false });
    return acceptedIssuers(from, issuersOf(from), reporter, ended.signal);
  };
  const rulesOf = ({ identity }: ServiceConfig) => [...identity.roles, ...development.rules];
  const opened = { current: openSources(config) };
  const accepted = { current: acceptedBy(config, opened.current.stage) };
  stops.push(probeIssuers(() => accepted.current.issuers));
  stops.push(() => opened.current.close());
  opened.current.stage.putInForce();
  await opened.current.look();
  const accessTokens = accessTokensOf(accepted);
  const sources = sourcesOf(opened);
  const policyWorkers = new PolicyWorkers(config.limits.policyWorkers, app.log);
  stops.push(() => policyWorkers.close());
  const holders = openHolders(config);
  stops.push(holders.close);
  const keyHealth = new SigningKeyHealth(health.dependency('signing-keys', { isRequired: false }));
  const keyParts = { config, store, holders, clock, guard: clockWatch, log: app.log, health: keyHealth };
  const host = new ProviderHost({
    config,
    store,
    shared: sharedParts(config, { accessTokens, sources, policyWorkers }),
    openKeys: (providerId, uri) => openKeys(keyParts, providerId, uri),
    verifyStoredPolicy,
    clock,
    log: app.log,
  });
  stops.push(() => host.close());
  const admission = openAdmission(app, config, (request) => host.knownProvider(request), options.monotonicMs);
  stops.push(() => admission.tellRefusals());
  const admit = (request: FastifyRequest, caller: string): void => admission.authenticated(request, caller);
  const authorization = { accessTokens, rules: rulesOf(config), admit };

  const context: ServiceContext = {
    clock,
    store,
    audit,
    health,
    isReady: () => host.isOpen && !isStopping && health.isReady && store.freshness().ageMs < config.storage.leaseMs,
    mayReadHealth: healthReaders(config.health.detailsFor, (request) =>
      authorizeAt(authorization, request, { name: defaultProviderName }, 'attestation-reader'),
    ),
    providerOf: (request) => host.providerOf(request),
    addressed: (request) => host.addressed(request),
    recordedName: (name) => host.recordedName(name),
    uriOf: (name) => host.uriOf(name),
    authorize: (request, provider, role) => authorizeAt(authorization, request, provider, role),
    hasRole: (caller, provider, role) => hasRole(authorization.rules, caller, role, provider.name),
    admit,
    ownerOf: (request) => admission.ownerOf(request),
    lookupsOf: (request) => admission.lookupsOf(request),
    authorizeManagement: (request) => authorizeManagement(authorization, request),
  };
  app.addHook('onSend', recordBeforeSending(audit, clock));
  finishAfterSending(app, admission);
  const known = baseUriOf(config, config.listen.port);
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping) reply.header('connection', 'close');
    if (reply.statusCode === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfterSeconds);
  });
  const connections = new Connections(app.server);
  const inFlight = new InFlightRequests();
  addRoutes(app, known === undefined ? '' : new URL(known).pathname.replace(/\/$/, ''), context, inFlight);
  if (known !== undefined) await host.open(known);
  stops.push(() => closeServer({ app, connections, inFlight }, closePhases(running.current)));
  stops.push(() => {
    isStopping = true;
    app.log.info({ event: 'shutdown', ...closePhases(running.current) }, 'the service stops');
  });
  await app.listen({ host: config.listen.host, port: config.listen.port });
  const port = portOf(app.server.address());
  const url = known ?? baseUriOf(config, port) ?? '';
  if (!host.isOpen) await host.open(url);
  const caFile = tls.developmentCaFile;
  if (caFile !== undefined) app.log.info(`to let a client trust this service: export NODE_EXTRA_CA_CERTS=${caFile}`);
  const admissionFigures = () => admission.figures;
  const prepare = async (wanted: ServiceConfig): Promise<() => void> => {
    const material = await readTls(wanted);
    createSecureContext(secureContext(material, wanted));
    const nextSources = openSources(wanted);
    const nextAccepted = acceptedBy(wanted, nextSources.stage);
    await nextSources.look();
    return () => {
      const before = opened.current;
      running.current = wanted;
      accepted.current = nextAccepted;
      opened.current = nextSources;
      before.stage.withdraw();
      nextSources.stage.putInForce();
      authorization.rules = rulesOf(wanted);
      certificate.replace(material, () => readTls(wanted));
      app.log.level = wanted.log.level;
      applyLimits(app.server, wanted);
      admission.configure(wanted);
      // Requests in flight still wait for the old ones.
      const end = setTimeout(() => void before.close(), wanted.limits.endorsementTimeoutMs).unref();
      stops.unshift(() => {
        clearTimeout(end);
        return before.close();
      });
    };
  };
  const reloading = { log: app.log, running: () => running.current, prepare };
  let last: Promise<boolean> = Promise.resolve(true);
  return {
    url,
    port,
    caFile,
    developmentIdentity: development.identity,
    admissionFigures,
    reload: (read) => {
      last = last.then(() => !isStopping && reload(() => parseConfig(read()), reloading));
      return last;
    },
  };
}

/** The TLS settings of a server. */
function secureContext({ key, passphrase, certificate }: TlsMaterial, { tls: { minVersion } }: ServiceConfig) {
  return { key, passphrase, cert: certificate, minVersion };
}

function applyLimits(server: Server, { limits }: ServiceConfig): void {
  server.requestTimeout = limits.requestTimeoutMs;
  server.headersTimeout = limits.headersTimeoutMs;
  server.keepAliveTimeout = limits.keepAliveTimeoutMs;
}

/** Throws `ConfigRefused` when the state directory cannot be written: what waits there in an outage must not find that out. */
function checkStateDirectory({ stateDirectory }: ServiceConfig): void {
  try {
    probeDirectory(stateDirectory);
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), 'code');
    const why = `it cannot be written (${String(code)}); make it writable for the user of the service, or write another path`;
    throw new ConfigRefused([{ code: 'state-directory-unusable', where: 'stateDirectory', why }]);
  }
}

/** About as long as an instance takes to start, or a source of endorsements is left alone after a failure. */
const retryAfterSeconds = 5;

/**
 * Kubernetes and load balancers take an instance out of service one to three seconds after they know, at the latest with their next look at
 * `/readyz`. With the grace this stays below the 30 seconds that Kubernetes gives by default. In development nobody is in between.
 */
const productionDelayMs = 5000;

function closePhases({ environment, limits }: ServiceConfig): ClosePhases {
  const delayMs = limits.shutdownDelayMs ?? (environment === 'production' ? productionDelayMs : 0);
  return { delayMs, graceMs: limits.shutdownGraceMs };
}
