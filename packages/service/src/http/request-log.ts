/** One log line for each request: what was asked, what came of it, how long it took. No headers, bodies, tokens or queries. */
import type { Refusal } from '@atesto/evidence';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What an operation adds to the line of its request. */
export interface LogNote {
  /** The refusal code; absent: the request was answered. */
  readonly code?: string;
  /** Place and reason of a refusal that the caller was not told. */
  readonly detail?: Refusal;
  readonly provider?: string;
  readonly attestationType?: string;
  /** Milliseconds that were spent on the endorsements. */
  readonly endorseMs?: number;
}

const notes = new WeakMap<FastifyRequest, LogNote>();

/** Adds to the line of a request. */
export function noteForLog(request: FastifyRequest, note: LogNote): void {
  notes.set(request, { ...notes.get(request), ...note });
}

/** Writes the line; health checks only when they fail. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url;
  if ((route === '/healthz' || route === '/readyz') && reply.statusCode < 400) return;
  const line = {
    method: request.method,
    route,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 1000) / 1000,
    ...notes.get(request),
  };
  request.log.info(line, 'request');
}
