/** Starts and stops the service: everything meets here. */
import type { IntelEndorsementSource, SnpEndorsementSource } from '@atesto/endorsements';
import type { Audit } from './audit/index.ts';
import { parseConfig } from './config/load.ts';
import type { ServiceConfig, ServiceSettings } from './config/schema.ts';
import { configuredSources } from './endorsements/sources.ts';
import { Health } from './health/health.ts';
import { healthReaders } from './health/readers.ts';
import { baseUriOf, portOf } from './http/base-uri.ts';
import { closeServer } from './http/close.ts';
import { createServer, type LogSink } from './http/server.ts';
import { UnderWay } from './http/under-way.ts';
import { acceptedIssuers } from './identity/accepted-issuers.ts';
import { bearerChallenge } from './identity/challenge.ts';
import {
  type DevelopmentIdentity,
  type DevelopmentProvider,
  startDevelopmentProvider,
} from './identity/development-provider.ts';
import { openHolders, openKeys } from './keys/open-keys.ts';
import { verifyStoredPolicy } from './policies/stored.ts';
import { defaultProviderName } from './providers/default-provider.ts';
import { ProviderHost } from './providers/host.ts';
import { sharedParts } from './providers/open-provider.ts';
import { authorizeAt, authorizeManagement } from './roles/authorize.ts';
import { hasRole, type RoleRule } from './roles/role.ts';
import { addRoutes } from './routes/routes.ts';
import type { ServiceContext } from './service-context.ts';
import { watchSigners } from './signers/watch-expiry.ts';
import { openConfiguredStore } from './state/open-store.ts';
import type { Store } from './storage/index.ts';
import { tlsMaterial } from './tls/material.ts';
import { openConfiguredAudit } from './trail/open-audit.ts';
import { keepRetention } from './trail/retention.ts';
import { recordBeforeSending } from './trail/trail.ts';

/** What a program may put in place of the surroundings. */
export interface ServiceOptions {
  /** The time at which evidence is appraised and tokens are issued; TLS and access tokens go by the system's clock. Default: the system's. */
  readonly clock?: (() => Date) | undefined;
  /** Where log lines (JSON) go; default: standard output. */
  readonly log?: LogSink | undefined;
  /** Where Intel's collateral comes from; default: as configured. */
  readonly intelEndorsements?: IntelEndorsementSource | undefined;
  /** Where AMD's endorsements come from; default: as configured. */
  readonly amdEndorsements?: SnpEndorsementSource | undefined;
  /** The store; default: as configured. Closed with the service. */
  readonly store?: Store | undefined;
  /** The audit record; default: the one of the store. Closed with the service. */
  readonly audit?: Audit | undefined;
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
  const health = new Health(app.log, clock);
  const store = options.store ?? (await openConfiguredStore(config, app.log));
  stops.push(() => store.close());
  const audit = options.audit ?? openConfiguredAudit(config, store, app.log);
  stops.push(() => audit.close());
  const signerExpiry = health.dependency('policy-signers', { isRequired: false });
  stops.push(watchSigners({ store, reporter: signerExpiry, clock }));
  stops.push(keepRetention(audit, config.audit.retentionDays, clock, app.log));

  const accessTokens = acceptedIssuers(config, issuers, app.log);
  const sources = configuredSources(config, { ...options, clock }, app.log);
  stops.push(sources.close);
  await sources.look();
  const authorization = { accessTokens, rules: [...config.identity.roles, ...developmentRules(development)] };
  const holders = openHolders(config);
  stops.push(holders.close);
  const keyParts = { config, store, holders, clock, log: app.log };
  const host = new ProviderHost({
    config,
    store,
    shared: sharedParts(config, { accessTokens, sources }),
    openKeys: (providerId, uri) => openKeys(keyParts, providerId, uri),
    verifyStoredPolicy,
    clock,
    log: app.log,
  });
  stops.push(() => host.close());

  let isStopping = false;
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
    authorizeManagement: (request) => authorizeManagement(authorization, request),
  };
  app.addHook('onSend', recordBeforeSending(audit, clock));
  const known = baseUriOf(config, config.listen.port);
  const underWay = new UnderWay();
  addRoutes(app, known === undefined ? '' : new URL(known).pathname.replace(/\/$/, ''), context, underWay);
  if (known !== undefined) await host.open(known);
  stops.push(() => closeServer(app, config.limits.shutdownGraceMs, underWay));
  stops.push(() => {
    isStopping = true;
  });
  await app.listen({ host: config.listen.host, port: config.listen.port });
  const port = portOf(app.server.address());
  const url = known ?? baseUriOf(config, port) ?? '';
  if (!host.isOpen) await host.open(url);
  const caFile = tls.developmentCaFile;
  if (caFile !== undefined) app.log.info(`to let a client trust this service: export NODE_EXTRA_CA_CERTS=${caFile}`);
  return { url, port, caFile, developmentIdentity: development?.identity };
}

/** The client of the development OpenID provider may do everything. */
function developmentRules(development: DevelopmentProvider | undefined): RoleRule[] {
  if (development === undefined) return [];
  const { issuer, clientId } = development.identity;
  return [{ role: 'service-administrator', claim: 'sub', value: clientId, issuer }];
}
