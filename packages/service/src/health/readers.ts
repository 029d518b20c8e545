/** Decides who may read the state of each dependency: callers from listed addresses, and readers of the default provider. */
import { BlockList, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { callerAddress } from '../http/caller-address.ts';
import { refusalOfError } from '../http/refusal-of.ts';

/**
 * @param addresses IP addresses and networks such as `10.0.0.0/8`, see `health.detailsFor`
 * @param authorizeReader refuses callers without the role of a reader
 */
export function healthReaders(
  addresses: readonly string[],
  authorizeReader: (request: FastifyRequest) => Promise<unknown>,
): (request: FastifyRequest) => Promise<boolean> {
  const listed = new BlockList();
  for (const address of addresses) {
    const [network = '', prefix] = address.split('/');
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) listed.addAddress(network, family);
    else listed.addSubnet(network, Number(prefix), family);
  }
  return async (request) => {
    const address = callerAddress(request);
    if (listed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return true;
    if (request.headers.authorization === undefined) return false;
    try {
      await authorizeReader(request);
      return true;
    } catch (error) {
      if (refusalOfError(error) !== undefined) return false;
      throw error;
    }
  };
}
