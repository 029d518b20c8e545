/** Asks a source for endorsements, with patience; a refusal becomes the one of the request. */
import { type EndorsementSource, endorsementFault, type Freshness } from '@atesto/endorsements';
import type { Refusal } from '@atesto/evidence';
import { refuseRequest, refuseWithin } from '../http/refusal.ts';

/** What a source gave. */
export interface Fetched<Value> {
  readonly value: Value;
  readonly freshness: Freshness | undefined;
}

/**
 * The endorsements for a request. Refuses with the code of the source: 400 when the evidence is at fault or no endorsements exist for it,
 * else 503; and with `endorsements-timeout`.
 * @param vendor the caller is told no more of the place than its settings; the log gets files and addresses
 * @param instead endorsements to go on with in spite of a refusal
 */
export async function fetchEndorsements<Request, Value>(
  vendor: 'intel' | 'amd',
  source: EndorsementSource<Request, Value>,
  request: Request,
  at: Date,
  timeoutMs: number,
  instead: (refusal: Refusal) => Value | undefined = () => undefined,
): Promise<Fetched<Value>> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), timeoutMs);
  try {
    const got = await source.get(request, { at, signal: patience.signal });
    if (got.ok) return { value: got.collateral, freshness: got.freshness };
    const value = instead(got.refusal);
    if (value !== undefined) return { value, freshness: undefined };
    return patience.signal.aborted ? refuseLate() : refuseWithout(got.refusal, vendor);
  } finally {
    clearTimeout(timer);
  }
}

/** The evidence's fault is the caller's, everything else the service's: only that is worth another try. */
function refuseWithout(refusal: Refusal, vendor: 'intel' | 'amd'): never {
  const fault = endorsementFault(refusal.code);
  // AMD's files may also be those of the mirror.
  const isBundle = vendor === 'intel' && refusal.code.startsWith('bundle-');
  const setting = `endorsements.${vendor}${isBundle ? '.bundle' : ''}`;
  if (fault === 'request' || fault === 'unknown-platform')
    return refuseWithin(refusal, setting, 400, 'InvalidParameter');
  return refuseWithin(refusal, setting, 503, 'ServiceUnavailable');
}

function refuseLate(): never {
  return refuseRequest('endorsements-timeout', 'endorsements', 'the endorsements did not arrive in time; try again');
}
