/** Which provider does a request address? By path (`/providers/{name}/…`), by host name (`{name}.{baseDomain}`), or the default one. */
import type { FastifyRequest } from 'fastify';
import { refuseRequest } from '../http/refusal.ts';
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

/** The name that a request gives. Refuses with `provider-unknown` what cannot be one, and a path that contradicts the host. */
export function addressedName(request: Pick<FastifyRequest, 'params' | 'headers'>, baseDomain: string | undefined) {
  const byPath = pathName(request.params);
  const byHost = baseDomain === undefined ? undefined : hostName(request.headers.host, baseDomain);
  for (const name of [byPath, byHost]) {
    if (name !== undefined && !providerNameForm.test(name)) return unknown();
  }
  if (byPath !== undefined && byHost !== undefined && byPath.toLowerCase() !== byHost) return unknown();
  return byPath ?? byHost ?? defaultProviderName;
}

/** Refuses with `provider-unknown`. */
export function unknown(): never {
  return refuseRequest('provider-unknown', 'provider', 'there is no provider of this name');
}

function pathName(params: unknown): string | undefined {
  const name: unknown =
    typeof params === 'object' && params !== null ? Reflect.get(params, providerParameter) : undefined;
  return typeof name === 'string' ? name : undefined;
}

function hostName(host: string | undefined, baseDomain: string): string | undefined {
  const [name = ''] = (host ?? '').toLowerCase().split(':', 1);
  return name.endsWith(`.${baseDomain}`) ? name.slice(0, -baseDomain.length - 1) : undefined;
}
