/** The development certificate and OpenID provider that a program passes to the service; the service itself contains neither. */
import { resolve } from 'node:path';
import { ConfigRefused } from './config/problem.ts';
import type { ServiceConfig } from './config/schema.ts';
import { baseUriOf } from './http/base-uri.ts';
import type { RoleRule } from './roles/role.ts';

/** What `development` of `@atesto/development` implements. */
export interface Development {
  /** Makes or reads a server certificate for host names and IP addresses, kept in `directory`. All members are PEM, `caFile` is a path. */
  readonly certificate: (
    directory: string,
    names: readonly string[],
  ) => Promise<{ readonly key: string; readonly certificate: string; readonly caFile: string }>;
  /** Starts an OpenID provider on loopback whose one client gets access tokens by client credentials (RFC 6749, section 4.4). */
  readonly startOpenIdProvider: (options: {
    readonly directory: string;
    readonly names: readonly string[];
    readonly port: number;
    readonly tenant: string;
    readonly audiences: readonly [string, ...string[]];
    readonly clientId: string | undefined;
    readonly clientSecret: string | undefined;
  }) => Promise<{
    readonly client: DevelopmentIdentity;
    /** The path of the CA certificate (PEM) of its server. */
    readonly caFile: string;
    close(): Promise<void>;
  }>;
}

/** What a client needs to get an access token of the development OpenID provider. */
export interface DevelopmentIdentity {
  /** `<authorityHost>/<tenant>/v2.0`. */
  readonly issuer: string;
  /** For Azure's identity libraries, with instance discovery disabled. */
  readonly authorityHost: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `<audience>/.default`. */
  readonly scope: string;
}

/** The development OpenID provider of a running service. */
export interface RunningDevelopmentIdentity {
  /** Undefined when it is disabled. */
  readonly identity: DevelopmentIdentity | undefined;
  /** Adds the provider to the accepted issuers of a configuration, with every right for its client, and the service's own URI to the audiences. */
  readonly extend: (config: ServiceConfig) => ServiceConfig;
  close(): Promise<void>;
}

/** Where development keeps its files, and for which names its certificates are. */
export function developmentFiles(config: ServiceConfig): { readonly directory: string; readonly names: string[] } {
  return { directory: resolve(config.stateDirectory, 'development'), names: hostNames(config) };
}

/** Starts the development OpenID provider if `developmentIdentity.enabled`. Throws `ConfigRefused` without `development`. */
export async function startDevelopmentIdentity(
  config: ServiceConfig,
  development: Development | undefined,
): Promise<RunningDevelopmentIdentity> {
  const { enabled, ...settings } = config.developmentIdentity;
  if (!enabled) return { identity: undefined, extend: (unchanged) => unchanged, close: async () => {} };
  if (development === undefined) {
    const why = 'this program brings no development OpenID provider; set it to false';
    throw new ConfigRefused([{ code: 'setting-invalid', where: 'developmentIdentity.enabled', why }]);
  }
  // Terraform takes the address of a resource manager for its audience. Known only where the port is.
  const own = baseUriOf(config, config.listen.port);
  const added = own === undefined ? [] : [own];
  const [audience = '', ...others] = [...config.identity.audiences, ...config.identity.managementAudiences, ...added];
  const { client, caFile, close } = await development.startOpenIdProvider({
    ...developmentFiles(config),
    port: settings.port,
    tenant: settings.tenant,
    audiences: [audience, ...others],
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
  });
  const { issuer, clientId } = client;
  const rule: RoleRule = { role: 'service-administrator', claim: 'sub', value: clientId, issuer };
  const extend = (given: ServiceConfig): ServiceConfig => {
    const { issuers, roles, managementAudiences } = given.identity;
    const identity = {
      ...given.identity,
      issuers: [...issuers, { issuer, caFile }],
      managementAudiences: [...managementAudiences, ...added],
      roles: [...roles, rule],
    };
    return { ...given, identity };
  };
  return { identity: client, extend, close };
}

/** Every name under which the service is reached. */
function hostNames({ listen, baseUri, providers }: ServiceConfig): string[] {
  const names = ['localhost', '127.0.0.1', '::1'];
  if (listen.host !== '0.0.0.0' && listen.host !== '::') names.push(listen.host);
  if (baseUri !== undefined) names.push(new URL(baseUri).hostname.replace(/^\[(.*)\]$/, '$1'));
  if (providers.baseDomain !== undefined) names.push(`*.${providers.baseDomain}`);
  return [...new Set(names)];
}
