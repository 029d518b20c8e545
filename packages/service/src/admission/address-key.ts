/** Under which key an address is counted: IPv4 as it is, IPv6 by its /64, which is the least that a site or machine is given (RFC 6177). */
import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The key of what `callerAddress` or a socket says; what is no address shares one key. */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  if (isIPv4(address)) return address;
  if (!ipaddr.isValid(address)) return 'unknown';
  // IPv4 within IPv6 becomes IPv4.
  const parsed = ipaddr.process(address);
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString();
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`;
}
