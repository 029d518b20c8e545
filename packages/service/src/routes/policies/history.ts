/** `GET /policies/{type}/history`, an Atesto extension: past policies with who set them, when and from where. */
import { policyTokenHash } from '@atesto/policy';
import type { PolicyVersion } from '@atesto/store';
import { optionalApiVersion } from '../../http/api-version.ts';
import type { Operation } from '../../http/operation.ts';
import { refuseRequest } from '../../http/refusal.ts';
import { jsonType } from '../../http/reply.ts';
import { policyVersions } from '../../policies/administration.ts';
import { parsePolicy } from '../../policies/document.ts';
import type { ServiceContext } from '../../service-context.ts';
import { policyAt, policyPath } from './place.ts';

const mostAtOnce = 100;
const usualAtOnce = 20;

/** The versions of a policy, newest first; for readers. */
export function policyHistory(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: `${policyPath}/history`,
    audit: 'read-policy-history',
    handle: async (request, reply) => {
      optionalApiVersion(request.query);
      const place = await policyAt(context, request, 'attestation-reader');
      const limit = numberIn(request.query, 'limit', mostAtOnce) ?? usualAtOnce;
      const before = numberIn(request.query, 'before', Number.MAX_SAFE_INTEGER);
      const versions = await policyVersions(place, { limit, before });
      const oldest = versions.at(-1)?.version ?? 1;
      const next = versions.length === limit && oldest > 1 ? oldest : undefined;
      return reply
        .header('content-type', jsonType)
        .send(JSON.stringify({ versions: versions.map(shown), nextBefore: next }));
    },
  };
}

function shown({ version, action, origin, content, digest, signer, restoredVersion, etag }: PolicyVersion): object {
  const { atMs, ...from } = origin;
  return {
    version,
    action,
    time: new Date(atMs).toISOString(),
    ...from,
    etag,
    ...(restoredVersion === null ? {} : { restoredVersion }),
    ...(content === null ? {} : policyShown(content)),
    ...(digest === null ? {} : { policyHash: digest }),
    ...(signer === null ? {} : { signer: JSON.parse(signer) }),
  };
}

function policyShown(content: string): { policy: string; policyTokenHash: string } {
  const { compact } = parsePolicy(content, 'policy');
  return { policy: compact, policyTokenHash: policyTokenHash(compact) };
}

function numberIn(query: unknown, name: string, most: number): number | undefined {
  const given: unknown = Reflect.get(Object(query), name);
  if (given === undefined) return undefined;
  const value = typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : 0;
  if (value >= 1 && value <= most) return value;
  return refuseRequest('member-invalid', name, `it must be a whole number from 1 to ${most}`);
}
