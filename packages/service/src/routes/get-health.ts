/** `GET /healthz` answers while the process runs, `GET /readyz` says whether to send requests here; both are for orchestrators and need no credentials. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Health } from '../health/health.ts';
import type { Operation } from '../http/operation.ts';
import { refusalOf } from '../http/refusal.ts';
import { errorOf, jsonType, sendRefusal } from '../http/reply.ts';

/** `GET /healthz`: 200 while the process runs. */
export const getHealth: Operation = {
  method: 'GET',
  path: '/healthz',
  handle: (_request, reply) => reply.header('content-type', jsonType).send('{"status":"alive"}'),
};

/** What readiness is made of. */
export interface Readiness {
  readonly isReady: () => boolean;
  readonly health: Pick<Health, 'states'>;
  /** Whether the caller may see the state of each dependency, whose reasons may name hosts and files. */
  readonly mayReadHealth: (request: FastifyRequest) => Promise<boolean>;
}

/** `GET /readyz`: 200 or 503; the state of each dependency is told to those who may read it. */
export function getReadiness(context: Readiness): Operation {
  return { method: 'GET', path: '/readyz', handle: (request, reply) => answer(context, request, reply) };
}

async function answer(
  { isReady, health, mayReadHealth }: Readiness,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const refused = isReady()
    ? undefined
    : refusalOf('not-ready', 'service', 'it is starting, stopping or lacks a dependency');
  if (!(await mayReadHealth(request))) {
    if (refused !== undefined) return sendRefusal(reply, refused);
    return reply.header('content-type', jsonType).send('{"status":"ready"}');
  }
  const status = refused === undefined ? { status: 'ready' } : { status: 'not-ready', ...errorOf(refused) };
  const dependencies = Object.fromEntries(health.states());
  return reply
    .code(refused?.status ?? 200)
    .header('content-type', jsonType)
    .send(JSON.stringify({ ...status, dependencies }));
}
