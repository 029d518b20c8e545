/** `GET /.well-known/openid-configuration`: the issuer of the provider's tokens and the address of its keys. */
import { openIdMetadata } from '@atesto/token';
import { optionalApiVersion } from '../http/api-version.ts';
import type { Operation } from '../http/operation.ts';
import { refuseFor } from '../http/refusal.ts';
import { jsonType } from '../http/reply.ts';
import type { ServiceContext } from '../service-context.ts';

/** The OpenID metadata of the provider; needs no token. */
export function getOpenIdConfiguration({ providerOf, clock }: ServiceContext): Operation {
  return {
    method: 'GET',
    path: '/.well-known/openid-configuration',
    isPublic: true,
    handle: async (request, reply) => {
      optionalApiVersion(request.query);
      const { uri, keys } = await providerOf(request);
      const algorithms = keys.published(clock()).map(({ algorithm }) => algorithm);
      const metadata = openIdMetadata({ issuer: uri, algorithms });
      if (!metadata.ok) return refuseFor(metadata.refusal, 500, 'InternalError');
      return reply.header('content-type', jsonType).send(JSON.stringify(metadata.value));
    },
  };
}
