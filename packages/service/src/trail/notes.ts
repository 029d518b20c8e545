/** What does the audit record say of a request? The parts of the service note what they learn, while they work. */

import type { AuditEntry } from '@atesto/store';
import type { FastifyRequest } from 'fastify';

/** What can be noted; time, request id, address and verdict are known of every request. */
export type AuditNote = Partial<Omit<AuditEntry, 'atMs' | 'requestId' | 'address' | 'verdict'>>;

const notes = new WeakMap<FastifyRequest, AuditNote>();

/** Adds to the entry of a request. Only requests of operations that are audited get one. */
export function noteForAudit(request: FastifyRequest, note: AuditNote): void {
  const known = notes.get(request);
  if (known === undefined) notes.set(request, note);
  else notes.set(request, { ...known, ...note });
}

/** The request gets no entry. What is noted before counts as not noted; to be called when nothing more can come but its refusal. */
export function leaveOutOfAudit(request: FastifyRequest): void {
  notes.set(request, {});
}

/** What was noted so far. */
export function auditNoteOf(request: FastifyRequest): AuditNote {
  return notes.get(request) ?? {};
}
