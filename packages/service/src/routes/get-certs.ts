/** `GET /certs`: the keys with which the provider's tokens are verified. */
import { jwks } from '@atesto/token';
import { optionalApiVersion } from '../http/api-version.ts';
import type { Operation } from '../http/operation.ts';
import { jsonType } from '../http/reply.ts';
import type { ServiceContext } from '../service-context.ts';

/** The JSON Web Key Set, with the keys that signed tokens still in use and the next key; needs no token. */
export function getCerts({ providerOf, clock }: ServiceContext): Operation {
  return {
    method: 'GET',
    path: '/certs',
    isPublic: true,
    handle: async (request, reply) => {
      optionalApiVersion(request.query);
      const keys = (await providerOf(request)).keys.published(clock());
      return reply.header('content-type', jsonType).send(JSON.stringify(jwks(keys)));
    },
  };
}
