/** `GET /servicehealth` of version 2026-03-11-preview: 204 while the provider can be used. Needs no credentials. */
import { optionalApiVersion } from '../http/api-version.ts';
import type { Operation } from '../http/operation.ts';
import { refuse } from '../refuse.ts';
import type { ServiceContext } from '../service-context.ts';

export function getServiceHealth({ isReady, providerOf }: Pick<ServiceContext, 'isReady' | 'providerOf'>): Operation {
  return {
    method: 'GET',
    path: '/servicehealth',
    handle: async (request, reply) => {
      optionalApiVersion(request.query);
      if (!isReady()) refuse('not-ready', 'service', 'it is starting, stopping or lacks a dependency');
      await providerOf(request);
      return reply.code(204).send();
    },
  };
}
