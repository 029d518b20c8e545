/** Reads which provider a request addresses: by path (`/providers/{name}/…`), by host name (`{name}.{baseDomain}`), or the default one. */
import type { FastifyRequest } from 'fastify';
import { refuse } from '../refuse.ts';
import { defaultProviderName } from './default-provider.ts';

/** The parameter of the path that holds the name. */
export const providerParameter = 'provider';

/** What a provider may be called. */
export const providerNameForm = /^[a-zA-Z0-9-]{3,24}$/;

/** The URI of a provider without trailing slash. `baseUri` is that of the default provider. */
export function providerUri(name: string, baseUri: string, baseDomain: string | undefined): string {
  if (name.toLowerCase() === defaultProviderName) return baseUri;
  if (baseDomain === undefined) return `${baseUri}/providers/${name}`;
  const { port, pathname } = new URL(baseUri);
  return `https://${name.toLowerCase()}.${baseDomain}${port === '' ? '' : `:${port}`}${pathname.replace(/\/$/, '')}`;
}

/** What of a request tells where it was sent. */
export type Addressed = Pick<FastifyRequest, 'params' | 'headers' | 'url'>;

/** The name that a request gives. Refuses with `provider-unknown` what cannot be one, and a path that contradicts the host. */
export function addressedName(request: Addressed, baseDomain: string | undefined): string {
  return givenName(request, baseDomain) ?? refuseUnknownProvider();
}

/** The same; undefined instead of a refusal. */
export function givenName(request: Addressed, baseDomain: string | undefined): string | undefined {
  const byPath = pathName(request.params);
  const byHost = baseDomain === undefined ? undefined : hostName(authorityOf(request), baseDomain);
  for (const name of [byPath, byHost]) {
    if (name !== undefined && !providerNameForm.test(name)) return undefined;
  }
  if (byPath !== undefined && byHost !== undefined && byPath.toLowerCase() !== byHost) return undefined;
  return byPath ?? byHost ?? defaultProviderName;
}

/** Refuses with `provider-unknown`. */
export function refuseUnknownProvider(): never {
  return refuse('provider-unknown', 'provider', 'there is no provider of this name');
}

/** The name that the path gives. */
export function pathName(params: unknown): string | undefined {
  const name: unknown =
    typeof params === 'object' && params !== null ? Reflect.get(params, providerParameter) : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** The host that a request was sent to, with its port. RFC 9112, section 3.2.2: where the target is a whole URI, its host counts and the Host header does not. */
export function authorityOf({ url, headers }: Pick<FastifyRequest, 'url' | 'headers'>): string | undefined {
  return url.startsWith('/') ? headers.host : URL.parse(url)?.host;
}

/** The dot of the root may stand at the end of a host name (RFC 3986, section 3.2.2). */
function hostName(host: string | undefined, baseDomain: string): string | undefined {
  const name = (host ?? '').toLowerCase().replace(/\.?(:.*)?$/, '');
  return name.endsWith(`.${baseDomain}`) ? name.slice(0, -baseDomain.length - 1) : undefined;
}
