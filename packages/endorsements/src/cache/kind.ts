/** What a cache must know of one kind of endorsements. A further vendor adds a value of this type. */
import { type EndorsementRefusal, EndorsementRefused } from '../refusal.ts';

/** Verified endorsements may be kept; the date is when their first part is due to be replaced. */
export type Verification =
  | { readonly ok: true; readonly nextUpdate: Date }
  | { readonly ok: false; readonly refusal: EndorsementRefusal };

/** One kind of endorsements. */
export interface EndorsementKind<Request, Value> {
  /** `intel-collateral`: begins the names of files. */
  readonly name: string;
  /** One text for each request, the same for the same request. */
  keyOf(request: Request): string;
  encode(value: Value): string;
  /** Undefined: not in the form that `encode` writes. */
  decode(text: string): Value | undefined;
  /** Whether this is genuine and answers the request. Nothing else enters a cache, from a source or from a disk. */
  verify(value: Value, request: Request, where: string): Verification;
}

/** The verification by a check that gives the date or refuses by throwing within this package. */
export function verification(check: () => Date): Verification {
  try {
    return { ok: true, nextUpdate: check() };
  } catch (error) {
    if (error instanceof EndorsementRefused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}
