/**
 * `GET /audit:verify`, an Atesto extension: checks whether the audit record was tampered with, one bounded step at a time, over the chains of
 * all providers. For readers of a provider; findings name positions, never the content of entries.
 */
import { optionalApiVersion } from '../http/api-version.ts';
import type { Operation } from '../http/operation.ts';
import { refuseFor } from '../http/refusal.ts';
import { jsonType } from '../http/reply.ts';
import type { ServiceContext } from '../service-context.ts';
import { refuseRead } from './get-audit.ts';

/** The operation; for readers. */
export function verifyAudit(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: '/audit::verify',
    audit: 'verify-audit',
    handle: async (request, reply) => {
      optionalApiVersion(request.query);
      const provider = await context.providerOf(request);
      const cursor = cursorOf(request.query);
      await context.authorize(request, provider, 'attestation-reader');
      const step = await context.audit.verify(cursor);
      if (!step.ok) return refuseRead(step.refusal);
      const { rows, findings, next } = step.value;
      return reply.header('content-type', jsonType).send(JSON.stringify({ rows, findings, next }));
    },
  };
}

function cursorOf(query: unknown): string | undefined {
  let cursor: string | undefined;
  for (const [name, value] of Object.entries(query ?? {})) {
    if (name === 'api-version') continue;
    const isCursor = name === 'cursor' && typeof value === 'string';
    if (!isCursor) {
      const why = 'the parameters are cursor and api-version, once each';
      return refuseFor({ code: 'audit-query-invalid', where: name, why });
    }
    cursor = value;
  }
  return cursor;
}
