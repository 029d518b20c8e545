/** One log line for each request: what was asked, what came of it, how long it took. No headers, bodies, tokens or queries. */
import type { Refusal } from '@atesto/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { auditContextOf } from '../audit/context.ts';
import { callerAddress } from './caller-address.ts';

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
const leftOut = new WeakSet<FastifyRequest>();

/** Adds to the line of a request. */
export function noteForLog(request: FastifyRequest, note: LogNote): void {
  notes.set(request, { ...notes.get(request), ...note });
}

/** The request gets no line: lines of another kind tell of it. */
export function leaveOutOfLog(request: FastifyRequest): void {
  leftOut.add(request);
}

/** Writes the line: at error what the service failed at (5xx), else at info. Health checks have none: each change of a state has a line. */
export function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  if (leftOut.has(request)) return;
  const route = request.routeOptions.url;
  if (route === '/healthz' || route === '/readyz') return;
  const { caller, tokenId } = auditContextOf(request);
  const line = {
    method: request.method,
    route,
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 1000) / 1000,
    address: callerAddress(request),
    ...(caller === undefined ? {} : { caller }),
    // A token that was issued and then held back is nobody's.
    ...(tokenId === undefined || reply.statusCode >= 400 ? {} : { tokenId }),
    ...notes.get(request),
  };
  if (reply.statusCode >= 500) request.log.error(line, 'request');
  else request.log.info(line, 'request');
}
