/** From which address a request comes, as `listen.trustedProxies` lets it be. */
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** What stands for an address that is none: it comes from a header, so that anything may stand there. */
const unknownAddress = 'unknown';

/**
 * The IP address of the caller, or `unknown`. Some load balancers, as Azure's Application Gateway, write a port behind it in
 * `X-Forwarded-For`: it is left out, since another port is not another caller.
 */
export function callerAddress({ ip }: Pick<FastifyRequest, 'ip'>): string {
  if (isIP(ip) !== 0) return ip;
  const address =
    /^\[([0-9A-Fa-f:.]+)\](?::[0-9]{1,5})?$/.exec(ip)?.[1] ?? /^([0-9.]+):[0-9]{1,5}$/.exec(ip)?.[1] ?? '';
  return isIP(address) === 0 ? unknownAddress : address;
}
