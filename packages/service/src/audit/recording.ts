/**
 * Records each request of an audited operation before its answer leaves. If the entry cannot be made durable, the answer is withheld.
 * Refusals of callers who did not authenticate are counted instead: they cost a stranger nothing, so they must cost little here.
 */
import { Refused } from '@atesto/core';
import type { Audit, AuditEntry, AuditVerdict, ChangeOrigin } from '@atesto/store';
import type { FastifyReply, FastifyRequest, onSendAsyncHookHandler } from 'fastify';
import { addressKey } from '../admission/owner.ts';
import { callerAddress } from '../http/caller-address.ts';
import { asRefusal, errorBody, jsonType } from '../http/reply.ts';
import { leaveOutOfLog } from '../http/request-log.ts';
import { PartFailed } from '../refuse.ts';
import { auditContextOf } from './context.ts';

/** Refusals that mean that the database is down: the entry could not be stored, so it is only logged. */
const loggedOnly = new Set<string | undefined>(['policy-not-fresh']);

const recorded = new WeakSet<FastifyRequest>();

/** Records that a request is allowed. Throws `PartFailed` with `audit-unavailable` when that is not durable in time. */
export async function recordAllowed(request: FastifyRequest, audit: Pick<Audit, 'record'>, at: Date): Promise<void> {
  try {
    await audit.record(entryOf(request, 'allowed', at));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new PartFailed(error.refusal, 'audit', 'temporary');
  }
  recorded.add(request);
}

/** The hook that records every request of an audited operation that has no entry yet. */
export function recordBeforeSending(audit: Pick<Audit, 'record' | 'count'>, clock: () => Date): onSendAsyncHookHandler {
  return async (request, reply, payload) => {
    const verdict = verdictOf(reply.statusCode);
    const { operation, code, caller } = auditContextOf(request);
    if (operation === undefined || (verdict === 'allowed' && recorded.has(request))) return payload;
    const entry = entryOf(request, verdict, clock());
    if (verdict !== 'allowed' && caller === undefined) {
      if (!audit.count({ ...entry, address: addressKey(entry.address) })) leaveOutOfLog(request);
      return payload;
    }
    if (loggedOnly.has(code)) {
      request.log.warn({ audit: entry }, 'an audit entry is in the log alone');
      return payload;
    }
    try {
      await audit.record(entry);
      return payload;
    } catch (error) {
      request.log.error({ err: error, audit: entry }, 'an audit entry could not be made durable');
      return withhold(reply, error);
    }
  };
}

/** Who changes the store, when, in which request and from where. */
export function changeOrigin(request: FastifyRequest, at: Date): ChangeOrigin {
  return {
    actor: auditContextOf(request).caller ?? '',
    atMs: at.getTime(),
    requestId: request.id,
    address: callerAddress(request),
  };
}

function entryOf(request: FastifyRequest, verdict: AuditVerdict, at: Date): AuditEntry {
  const { operation = '', code, refusedAt, tokenId, ...context } = auditContextOf(request);
  const common = {
    ...context,
    atMs: at.getTime(),
    operation,
    requestId: request.id,
    address: callerAddress(request),
    verdict,
  };
  // A token that was issued and then withheld belongs to nobody.
  return verdict === 'allowed' ? { ...common, tokenId } : { ...common, code, refusedAt };
}

function verdictOf(status: number): AuditVerdict {
  if (status < 400) return 'allowed';
  return status < 500 ? 'refused' : 'failed';
}

function withhold(reply: FastifyReply, error: unknown): string {
  const refused = asRefusal(error instanceof Refused ? new PartFailed(error.refusal, 'audit', 'temporary') : error);
  reply
    .code(refused.status)
    .removeHeader('content-length')
    .header('content-type', jsonType)
    .header('x-ms-error-code', refused.wireCode);
  return errorBody(refused);
}
