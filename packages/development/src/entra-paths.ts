/**
 * The paths at which Azure's identity libraries look for what an OpenID provider has at its own: those of Entra ID, versions 1 and 2. Some
 * libraries compose them without asking discovery (azure-identity for Java and C++, Terraform).
 */

/** What a request is for. */
export type Route =
  | {
      readonly kind: 'provider';
      /** The path as the provider knows it, without its mount, with the query. */
      readonly path: string;
    }
  | { readonly kind: 'instance-discovery' }
  | { readonly kind: 'tenant-unknown'; readonly tenant: string }
  | { readonly kind: 'path-unknown' };

/** Names that stand for every tenant: here for the only one. */
const anyTenant: ReadonlySet<string> = new Set(['common', 'organizations']);

/** Below the tenant; the values are paths of the provider. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['/.well-known/openid-configuration', '/.well-known/openid-configuration'],
  ['/oauth2/token', '/token'],
  ['/oauth2/v2.0/token', '/token'],
  ['/discovery/keys', '/jwks'],
  ['/discovery/v2.0/keys', '/jwks'],
]);

const versionPrefix = '/v2.0';
const instanceDiscovery = '/discovery/instance';

/** Reads the target of a request. @param tenant the provider's, whose path is `/{tenant}/v2.0` */
export function routeOf(target: string, tenant: string): Route {
  const [, name = '', below = '', query = ''] = /^\/([^/?]*)([^?]*)(.*)$/s.exec(target) ?? [];
  const isAnyTenant = anyTenant.has(name.toLowerCase());
  if (isAnyTenant && below === instanceDiscovery) return { kind: 'instance-discovery' };
  if (!isAnyTenant && name.toLowerCase() !== tenant.toLowerCase()) return { kind: 'tenant-unknown', tenant: name };
  const own = below.startsWith(`${versionPrefix}/`) ? below.slice(versionPrefix.length) : undefined;
  const path = aliases.get(below) ?? own;
  return path === undefined ? { kind: 'path-unknown' } : { kind: 'provider', path: `${path}${query}` };
}

/** The answer of instance discovery: where the tenant's metadata are, and that the host has one name. */
export function instanceMetadata(authorityHost: string, tenant: string): object {
  const { host } = new URL(authorityHost);
  return {
    tenant_discovery_endpoint: `${authorityHost}/${tenant}${versionPrefix}/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
