/**
 * Finds requests that reach one provider and are meant for another. Some clients keep only the host of an address: they lose the path in which
 * a provider stands, and would get a token of the default provider in place of that of theirs.
 */
import { decodeBase64url, isJsonObject, readJson } from '@atesto/core';
import type { FastifyRequest } from 'fastify';
import { type Addressed, authorityOf } from './address.ts';

/** The providers there are. */
export interface KnownProviders {
  /** The URI of the default provider. */
  readonly baseUri: string;
  /** The domain below which providers have host names; undefined: they have none. */
  readonly baseDomain: string | undefined;
  /** A name as the provider was created with it, in any case; undefined: there is none of this name. */
  readonly nameOf: (name: string) => string | undefined;
  /** The URI of a provider without trailing slash. */
  readonly uriOf: (name: string) => string;
}

/** Where a request names another provider than the one that it reaches. */
export interface Misdirection {
  /** `host`, `tenantName` or `authorization`. */
  readonly where: string;
  /** The name of the provider that it is meant for. */
  readonly meant: string;
}

/** Whether a request that reaches the provider `addressed` is meant for another one; undefined: nothing says so. */
export function misdirectionOf(
  request: Addressed & Pick<FastifyRequest, 'headers'>,
  addressed: string,
  hasPath: boolean,
  known: KnownProviders,
): Misdirection | undefined {
  const tells: readonly [where: string, name: string | undefined][] = [
    ['host', hasPath ? undefined : byHost(request, known)],
    ['tenantName', byTenantName(request, known)],
    ['authorization', byAudience(request.headers.authorization, addressed, known)],
  ];
  for (const [where, meant] of tells) {
    if (meant !== undefined && meant.toLowerCase() !== addressed.toLowerCase()) return { where, meant };
  }
  return undefined;
}

/** Without a base domain no host name is a provider's; one that begins with a provider's name was made up for it. */
function byHost(request: Addressed, { baseUri, baseDomain, nameOf }: KnownProviders): string | undefined {
  // As URLs write it: in lower case, without the port of https, which some clients send.
  const host = URL.parse(`https://${authorityOf(request) ?? ''}`)?.host ?? '';
  if (baseDomain !== undefined || host === new URL(baseUri).host) return undefined;
  return nameOf(firstLabel(host));
}

/** Clients of version 2018-09-01-preview name their provider, as the client for PowerShell does. */
function byTenantName({ headers }: Pick<FastifyRequest, 'headers'>, { nameOf }: KnownProviders): string | undefined {
  const { tenantname } = headers;
  return typeof tenantname === 'string' ? nameOf(firstLabel(tenantname)) : undefined;
}

/** The token is not verified yet: it can only have a request refused. It must be for other providers alone. */
function byAudience(header: string | undefined, addressed: string, known: KnownProviders): string | undefined {
  const payload = /^Bearer +[\w-]+\.([\w-]+)\./i.exec(header ?? '')?.[1];
  const bytes = payload === undefined ? undefined : decodeBase64url(payload);
  const reading = bytes === undefined ? undefined : readJson(bytes);
  if (!reading?.ok || !isJsonObject(reading.value)) return undefined;
  const { aud } = reading.value;
  const names = (Array.isArray(aud) ? aud : [aud]).map((audience) => byUri(audience, known));
  const [first] = names;
  return names.every((name) => name !== undefined && name !== addressed) ? first : undefined;
}

/** The provider whose URI this is, by path or by host; the default one has that of the service, which says nothing. */
function byUri(uri: unknown, { baseUri, nameOf, uriOf }: KnownProviders): string | undefined {
  if (typeof uri !== 'string') return undefined;
  const folded = uri.replace(/\/$/, '').toLowerCase();
  const candidates = [/\/providers\/([^/]+)$/.exec(folded)?.[1], firstLabel(URL.parse(folded)?.host ?? '')];
  return candidates
    .flatMap((candidate) => (candidate === undefined ? [] : (nameOf(candidate) ?? [])))
    .find((name) => [uriOf(name), `${baseUri}/providers/${name}`].some((own) => own.toLowerCase() === folded));
}

function firstLabel(host: string): string {
  return host.split('.', 1)[0] ?? '';
}
