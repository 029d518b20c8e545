/** Asks a source for verified endorsements, within a time limit; its refusal is thrown. */
import { type Refusal, Refused } from '@atesto/core';
import { type EndorsementCode, type EndorsementSource, endorsementFault, isUsable } from '@atesto/endorsements';
import { evidenceCodes } from '@atesto/evidence/advanced';
import { orAborted } from '../abortable.ts';
import type { LookupBudget } from '../admission/budgets.ts';
import type { ServiceCode } from '../codes.ts';
import { PartFailed } from '../refuse.ts';

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
 * The endorsements for a request. Throws `Refused` with the code of the source, as `PartFailed` where it is the fault of endorsements, with
 * `endorsements-timeout`, and as `lookups`. Throws the reason of `signal` when that aborts first.
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
    if (got.ok)
      return {
        value: got.value.collateral,
        isUsable: got.value.freshness !== undefined && isUsable(got.value.freshness),
      };
    wait.signal.throwIfAborted();
    const value = instead(got.refusal);
    if (value !== undefined) return { value, isUsable: true };
    if (got.refusal.code === limited) lookups.refuseIfUsedUp();
    throw failureFor(got.refusal, vendor);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

const limited: EndorsementCode = 'endorsements-limited';

/** What the evidence package refused is told as it is; of the sources, the caller is told the settings. */
function failureFor(refusal: Refusal, vendor: 'intel' | 'amd'): Refused {
  if (Object.hasOwn(evidenceCodes, refusal.code)) return new Refused(refusal);
  const fault = endorsementFault(refusal.code);
  // AMD's files may also be those of the mirror.
  const isBundle = vendor === 'intel' && refusal.code.startsWith('bundle-');
  const setting = `endorsements.${vendor}${isBundle ? '.bundle' : ''}`;
  const isOfRequest = fault === 'request' || fault === 'unknown-platform';
  return new PartFailed(refusal, setting, isOfRequest ? 'request' : 'temporary');
}

function late(): Refused<ServiceCode> {
  const why = 'the endorsements did not arrive in time; try again';
  return new Refused({ code: 'endorsements-timeout', where: 'endorsements', why });
}
