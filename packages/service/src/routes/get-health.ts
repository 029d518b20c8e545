/** `GET /healthz`: does the process run? `GET /readyz`: should requests be sent here? For orchestrators, without credentials. */
import type { Operation } from '../http/operation.ts';
import { refuseRequest } from '../http/refusal.ts';
import { jsonType } from '../http/reply.ts';
import type { ServiceContext } from '../service-context.ts';

export const getHealth: Operation = {
  method: 'GET',
  path: '/healthz',
  handle: (_request, reply) => reply.header('content-type', jsonType).send('{"status":"alive"}'),
};

export function getReadiness({ isReady }: Pick<ServiceContext, 'isReady'>): Operation {
  return {
    method: 'GET',
    path: '/readyz',
    handle: (_request, reply) => {
      if (!isReady()) refuseRequest('not-ready', 'service', 'it is starting or stopping');
      return reply.header('content-type', jsonType).send('{"status":"ready"}');
    },
  };
}
