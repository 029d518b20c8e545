/** Owners of requests, an address or a caller, and which part of shared limits they may use. */
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { ServiceConfig } from '../config/schema.ts';

/** The configured limits; `docs/configuration.md` describes each. */
export type AdmissionLimits = ServiceConfig['admission'];

/** The part of the provider and total limits that requests without a valid access token may use; the rest is reserved for callers. */
export const strangersShare = 0.75;

/** How many addresses, and how many callers, are remembered; beyond that, the least recently active is forgotten. */
export const rememberedOwners = 50_000;

/** Whose budget a request uses. */
export interface Owner {
  readonly kind: 'address' | 'caller';
  /** The key of the address, or the name of the caller. */
  readonly key: string;
}

/** A key that no other owner has: the name of a caller may look like an address. */
export function keyOf({ kind, key }: Owner): string {
  return `${kind} ${key}`;
}

/** The part of a limit that requests without a valid access token may take. */
export function shareOf(limit: number): number {
  return Math.max(1, Math.floor(limit * strangersShare));
}

/** Whether no valid access token came with the request. */
export function isStranger(owner: Owner | undefined): boolean {
  return owner?.kind === 'address';
}

/**
 * The key under which an address is counted: IPv4 as it is, IPv6 by its /64, the smallest prefix that a site is assigned (RFC 6177).
 *
 * @param address as `callerAddress` or a socket gives it; all that are no IP addresses share one key
 */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (isIPv4(address)) return address;
  if (!ipaddr.isValid(address)) return 'unknown';
  // `process` turns IPv4-mapped IPv6 addresses into IPv4.
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}
