/** Collects what the audit entry of a request will say, from the parts of the service that handle it. */

import type { AuditEntry } from '@atesto/store';
import type { FastifyRequest } from 'fastify';

/** What handlers add to an entry; time, request id, address and verdict are known for every request. */
export type AuditContext = Partial<Omit<AuditEntry, 'atMs' | 'requestId' | 'address' | 'verdict'>>;

const contexts = new WeakMap<FastifyRequest, AuditContext>();

/** Adds to the entry of a request. Only requests of operations that are audited get one. */
export function addAuditContext(request: FastifyRequest, context: AuditContext): void {
  const known = contexts.get(request);
  if (known === undefined) contexts.set(request, context);
  else contexts.set(request, { ...known, ...context });
}

/** Records no entry for a request and drops what was added. Call it when nothing but the refusal can follow. */
export function skipAudit(request: FastifyRequest): void {
  contexts.set(request, {});
}

/** What was added so far. */
export function auditContextOf(request: FastifyRequest): AuditContext {
  return contexts.get(request) ?? {};
}
