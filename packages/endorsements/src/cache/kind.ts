/** What a cache must know of one kind of endorsements. A further vendor adds a value of this type. */
import { type Refusal, Refused } from '@atesto/core';
import type { Dated } from './supersession.ts';

/** Verified endorsements may be kept; their dates say for how long. */
export type Verification = (Dated & { readonly ok: true }) | { readonly ok: false; readonly refusal: Refusal };

/** One kind of endorsements. */
export interface EndorsementKind<Request, Value> {
  /** `intel-collateral`: begins the names of files. */
  readonly name: string;
  /** One text for each request, the same for the same request. */
  keyOf(request: Request): string;
  /**
   * One text for each holder of the evidence that can bring many requests for itself: few of them are kept for each. Absent: each request is
   * kept for itself.
   */
  holderOf?(value: Value): string | undefined;
  /** The text that is kept on disk for a value. */
  encode(value: Value): string;
  /** Undefined: not in the form that `encode` writes. */
  decode(text: string): Value | undefined;
  /** Whether this is genuine and answers the request. Nothing else enters a cache, from a source or from a disk. */
  verify(value: Value, request: Request, where: string): Verification;
  /** `found` with the parts of `held` that are marked in the place of its own, in the order of `issued`. Absent: there is one part. */
  withPartsOf?(found: Value, held: Value, marked: readonly boolean[]): Value;
}

/** The verification by a check that gives the dates or refuses by throwing within this package. */
export function verification(check: () => Dated): Verification {
  try {
    return { ok: true, ...check() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}
