/** Asks a source for verified endorsements, within a time limit; its refusal becomes the refusal of the request. */
import type { Refusal } from '@atesto/core';
import { type EndorsementCode, type EndorsementSource, endorsementFault, isUsable } from '@atesto/endorsements';
import { evidenceCodes } from '@atesto/evidence';
import type { LookupBudget } from '../admission/budgets.ts';
import { orAborted } from '../http/abortable.ts';
import { type RequestRefused, refusalOf, refuseFor, refuseWithin } from '../http/refusal.ts';

/** For which time endorsements are asked, and at whose expense. */
export interface EndorsementContext {
  /** The time of appraisal. */
  readonly at: Date;
  /** Ends the wait: nobody wants the answer any more, or the service stops. */
  readonly signal: AbortSignal;
  readonly lookups: LookupBudget;
}

/** What a source gave. */
export interface Fetched<Value> {
  readonly value: Value;
  /** Whether it is current, or past its next update within the operator's grace. */
  readonly isUsable: boolean;
}

/**
 * The endorsements for a request. Refuses with the code of the source: 400 when the evidence is at fault or no endorsements exist for it,
 * else 503; with `endorsements-timeout`, and as `lookups`. Throws the reason of `signal` when that aborts first.
 * @param vendor the caller is told no more of the place than its settings; the log gets files and addresses
 * @param instead endorsements to go on with in spite of a refusal
 */
export async function fetchEndorsements<Request, Value>(
  vendor: 'intel' | 'amd',
  source: EndorsementSource<Request, Value>,
  request: Request,
  { at, signal, lookups }: EndorsementContext,
  timeoutMs: number,
  instead: (refusal: Refusal) => Value | undefined = () => undefined,
): Promise<Fetched<Value>> {
  signal.throwIfAborted();
  const wait = new AbortController();
  const onAbort = (): void => wait.abort(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => wait.abort(late()), timeoutMs);
  try {
    const got = await orAborted(
      source.get(request, { at, signal: wait.signal, mayFetch: lookups.mayFetch }),
      wait.signal,
    );
    if (got.ok) return { value: got.collateral, isUsable: got.freshness !== undefined && isUsable(got.freshness) };
    wait.signal.throwIfAborted();
    const value = instead(got.refusal);
    if (value !== undefined) return { value, isUsable: true };
    if (got.refusal.code === limited) lookups.refuseIfUsedUp();
    return refuseWithout(got.refusal, vendor);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

const limited: EndorsementCode = 'endorsements-limited';

/** A fault of the evidence, or of endorsements that are not genuine, is answered with 400; only what is the service's is worth another try. */
function refuseWithout(refusal: Refusal, vendor: 'intel' | 'amd'): never {
  if (Object.hasOwn(evidenceCodes, refusal.code)) return refuseFor(refusal);
  const fault = endorsementFault(refusal.code);
  // AMD's files may also be those of the mirror.
  const isBundle = vendor === 'intel' && refusal.code.startsWith('bundle-');
  const setting = `endorsements.${vendor}${isBundle ? '.bundle' : ''}`;
  if (fault === 'request' || fault === 'unknown-platform')
    return refuseWithin(refusal, setting, 400, 'InvalidParameter');
  return refuseWithin(refusal, setting, 503, 'ServiceUnavailable');
}

function late(): RequestRefused {
  return refusalOf('endorsements-timeout', 'endorsements', 'the endorsements did not arrive in time; try again');
}
