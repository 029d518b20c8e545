/** What the operations of a running service share. */

import type { Audit, Store } from '@atesto/store';
import type { FastifyRequest } from 'fastify';
import type { LookupBudget, OpenAdmission } from './admission/index.ts';
import type { ServiceConfig } from './config/schema.ts';
import type { Health } from './health/health.ts';
import { healthReaders } from './health/readers.ts';
import type { Caller } from './identity/access-token.ts';
import { defaultProviderName } from './providers/default-provider.ts';
import type { Provider } from './providers/provider.ts';
import type { ProviderRegistry } from './providers/provider-registry.ts';
import type { LiveParts } from './reload/live-parts.ts';
import { authorizeAt, authorizeManagement } from './roles/authorize.ts';
import { hasRole, type Role } from './roles/role.ts';

/** The parts of a running service. */
export interface ServiceContext {
  /**
   * The provider that a request addresses by path or host; noted for the log and the audit record. Refuses with
   * `provider-unknown`, and with `not-ready` while the service is starting.
   */
  readonly providerOf: (request: FastifyRequest) => Promise<Provider>;
  /** The name of the provider that a request addresses, as in {@link ServiceContext.recordedName}; undefined: it cannot be one. */
  readonly addressed: (request: FastifyRequest) => string | undefined;
  /** Under which name the audit record has a provider: the one that it was created with, whatever the case here. */
  readonly recordedName: (name: string) => string;
  /** The caller, who has the role at the provider. Refuses with `access-token-…`, `issuer-unreachable`, `role-missing`. */
  readonly authorize: (request: FastifyRequest, provider: Pick<Provider, 'name'>, role: Role) => Promise<Caller>;
  /** Whether a caller who is known already has a role at the provider. */
  readonly hasRole: (caller: Caller, provider: Pick<Provider, 'name'>, role: Role) => boolean;
  /** Counts a request to its caller, whose token is valid. Refuses with `too-many-requests`. */
  readonly admit: (request: FastifyRequest, caller: string) => void;
  /** Whose request it is: the caller's, or the address's while there is none. */
  readonly ownerOf: (request: FastifyRequest) => string;
  /** What a request may cause to be looked up at outside services. */
  readonly lookupsOf: (request: FastifyRequest) => LookupBudget;
  /** The caller of the resource-provider API, who is service administrator. */
  readonly authorizeManagement: (request: FastifyRequest) => Promise<Caller>;
  /** The URI of a provider without trailing slash, by its name. */
  readonly uriOf: (name: string) => string;
  /** The settings in force; a reload replaces some. */
  readonly config: () => ServiceConfig;
  readonly store: Store;
  readonly audit: Audit;
  /** The state of each dependency. */
  readonly health: Health;
  /** The time at which evidence is appraised, tokens are issued and changes are made. */
  readonly clock: () => Date;
  /** Whether a caller may see the state of each dependency: by address, or as reader of the default provider. */
  readonly mayReadHealth: (request: FastifyRequest) => Promise<boolean>;
  /** Whether requests can be answered: neither starting nor stopping, no required dependency failing, and the database is not away for too long. */
  readonly isReady: () => boolean;
}

/** What {@link createContext} needs. */
export interface ContextDeps extends Pick<ServiceContext, 'clock' | 'store' | 'audit' | 'health' | 'isReady'> {
  /** The configuration in force; a reload replaces it. */
  readonly running: { readonly config: ServiceConfig };
  readonly host: ProviderRegistry;
  readonly admission: OpenAdmission;
  readonly live: LiveParts;
}

/** Joins the parts of a service for its operations. */
export function createContext({ running, host, admission, live, ...shared }: ContextDeps): ServiceContext {
  const admit = (request: FastifyRequest, caller: string): void => admission.authenticated(request, caller);
  const authorization = {
    accessTokens: live.accessTokens,
    get rules() {
      return running.config.identity.roles;
    },
    admit,
  };
  return {
    ...shared,
    mayReadHealth: healthReaders(running.config.health.detailsFor, (request) =>
      authorizeAt(authorization, request, { name: defaultProviderName }, 'attestation-reader'),
    ),
    providerOf: (request) => host.providerOf(request),
    addressed: (request) => host.addressed(request),
    recordedName: (name) => host.recordedName(name),
    uriOf: (name) => host.uriOf(name),
    config: () => running.config,
    authorize: (request, provider, role) => authorizeAt(authorization, request, provider, role),
    hasRole: (caller, provider, role) => hasRole(authorization.rules, caller, role, provider.name),
    admit,
    ownerOf: (request) => admission.ownerOf(request),
    lookupsOf: (request) => admission.lookupsOf(request),
    authorizeManagement: (request) => authorizeManagement(authorization, request),
  };
}
