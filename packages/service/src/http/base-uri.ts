/** Determines the URI under which clients reach the service. */
import type { AddressInfo } from 'node:net';
import type { ServiceConfig } from '../config/schema.ts';

/** The configured URI without trailing slash, else one made of host and port; undefined while the port is not known. */
export function baseUriOf({ baseUri, listen }: ServiceConfig, port: number): string | undefined {
  if (baseUri !== undefined) return baseUri.replace(/\/+$/, '');
  if (port === 0) return undefined;
  const host = listen.host === '0.0.0.0' || listen.host === '::' ? 'localhost' : listen.host;
  // Without the port of https: libraries leave it out of a URI that they have read, and compare the result with `iss`.
  return new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`).origin;
}

/** The port of a listening server. */
export function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
