/**
 * `GET /audit`, an operation of our own: who asked what of a provider, and what came of it; newest first, a page at a time. Readers of
 * a provider see its entries; with `scope=service` the service administrator sees those of all providers.
 */
import type { Refusal } from '@atesto/core';
import type { AuditQuery, StoredAuditEntry } from '@atesto/store';
import { auditedOperations } from '../audit/operations.ts';
import { optionalApiVersion } from '../http/api-version.ts';
import type { Operation } from '../http/operation.ts';
import { refuseFor, refuseWithin } from '../http/refusal.ts';
import { jsonType } from '../http/reply.ts';
import type { Provider } from '../providers/provider.ts';
import type { ServiceContext } from '../service-context.ts';

/** `GET /audit`, with filters in the query; for readers. */
export function getAudit(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: '/audit',
    audit: 'read-audit',
    handle: async (request, reply) => {
      optionalApiVersion(request.query);
      const provider = await context.providerOf(request);
      const parameters = parametersOf(request.query);
      const isService = parameters.scope === 'service';
      await context.authorize(request, provider, isService ? 'service-administrator' : 'attestation-reader');
      const page = await context.audit.query(isService ? queryOf(parameters) : withinProvider(parameters, provider));
      if (!page.ok) return refuseRead(page.refusal);
      const { entries, next } = page.value;
      return reply.header('content-type', jsonType).send(JSON.stringify({ entries: entries.map(shown), next }));
    },
  };
}

/** Refuses the request as a read of the record was refused. */
export function refuseRead(refusal: Refusal): never {
  const isQuery = refusal.code === 'audit-query-invalid';
  return isQuery ? refuseFor(refusal) : refuseWithin(refusal, 'audit', 503, 'ServiceUnavailable');
}

const texts = ['provider', 'caller', 'operation', 'verdict', 'code', 'tokenId', 'requestId', 'cursor'] as const;
const names = [...texts, 'from', 'before', 'limit', 'scope', 'api-version'] as const;

type Parameters = Readonly<Partial<Record<(typeof names)[number], string>>>;

function parametersOf(query: unknown): Parameters {
  const found: Partial<Record<(typeof names)[number], string>> = {};
  for (const [name, value] of Object.entries(query ?? {})) {
    const known = names.find((one) => one === name);
    if (known === undefined) return invalid(name, `it must be one of ${names.join(', ')}`);
    if (typeof value !== 'string') return invalid(name, 'it stands there more than once');
    found[known] = value;
  }
  if (found.scope !== undefined && found.scope !== 'service') return invalid('scope', 'it must be "service" or absent');
  return found;
}

function queryOf(parameters: Parameters): AuditQuery {
  const filter = Object.fromEntries(texts.map((name) => [name, parameters[name]]));
  const { operation, from, before, limit } = parameters;
  if (operation !== undefined && !auditedOperations.some((known) => known === operation)) {
    return invalid('operation', `it must be one of ${auditedOperations.join(', ')}`);
  }
  return {
    ...filter,
    ...(from === undefined ? {} : { fromMs: timeOf('from', from) }),
    ...(before === undefined ? {} : { beforeMs: timeOf('before', before) }),
    ...(limit === undefined ? {} : { limit: /^\d{1,4}$/.test(limit) ? Number(limit) : 0 }),
  };
}

/** A name can be used again: what was asked of an earlier provider of this name is not for the readers of this one. */
function withinProvider(parameters: Parameters, { name, createdAtMs }: Provider): AuditQuery {
  if (parameters.provider !== undefined && parameters.provider.toLowerCase() !== name.toLowerCase()) {
    return invalid('provider', 'it is another provider; its own address has its entries');
  }
  const query = queryOf(parameters);
  return { ...query, provider: name, fromMs: Math.max(query.fromMs ?? 0, createdAtMs) };
}

const timeForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/;

function timeOf(where: string, text: string): number {
  const time = timeForm.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? invalid(where, 'it must be a time such as 2026-11-24T12:00:00Z') : time;
}

function shown({ atMs, ...entry }: StoredAuditEntry): object {
  return { time: new Date(atMs).toISOString(), ...entry };
}

function invalid(where: string, why: string): never {
  return refuseFor({ code: 'audit-query-invalid', where, why });
}
