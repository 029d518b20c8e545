/** Several sources in turn. */
import { endorsementFault } from './codes.ts';
import type { EndorsementOptions, EndorsementResult, EndorsementSource } from './source.ts';

type Failed = Extract<EndorsementResult<never>, { ok: false }>;

const none: Failed = {
  ok: false,
  refusal: {
    code: 'endorsements-unavailable',
    where: 'endorsements',
    why: 'no source of endorsements is configured',
  },
};

/**
 * Asks each source in turn and gives the first fresh answer. Without one it gives the first stale answer, so that the caller can say what
 * expired; without any, the last refusal. That a source knows nothing of the platform counts only when all say so: behind one that failed, the
 * platform may well be known.
 */
export function createFallbackSource<Request, Value>(
  sources: readonly EndorsementSource<Request, Value>[],
): EndorsementSource<Request, Value> {
  async function get(request: Request, options: EndorsementOptions): Promise<EndorsementResult<Value>> {
    let stale: EndorsementResult<Value> | undefined;
    let refused: Failed = none;
    for (const source of sources) {
      const result = await source.get(request, options);
      if (!result.ok) refused = isUnknown(refused) || !isUnknown(result) ? result : refused;
      else if (result.value.freshness?.stale !== true) return result;
      // One that may still be used goes before one that may not.
      else if (stale === undefined || !hasGrace(stale)) stale = hasGrace(result) ? result : (stale ?? result);
      if (options.signal?.aborted === true) break;
    }
    return stale ?? refused;
  }
  return { name: sources.map(({ name }) => name ?? 'a source').join(', ') || 'no source', get };
}

function isUnknown(failed: Failed): boolean {
  return failed === none || endorsementFault(failed.refusal.code) === 'unknown-platform';
}

function hasGrace(result: EndorsementResult<unknown>): boolean {
  return result.ok && result.value.freshness?.graceUntil !== undefined;
}
