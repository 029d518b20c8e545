/** Refusals of endorsements: values, with the refusal that stands behind them. */
import { type Refusal, Refused } from '@atesto/evidence';
import type { EndorsementCode } from './codes.ts';

/** A refusal of a source; its code is one of `endorsementCodes` when the source is of this package. */
export interface EndorsementRefusal extends Refusal {
  /** What the check of the content said, when that is why. */
  readonly cause?: Refusal;
}

/** Carries a refusal within this package to the nearest {@link settleRefusals}. */
export class EndorsementRefused extends Error {
  readonly refusal: EndorsementRefusal;

  constructor(refusal: EndorsementRefusal) {
    super(`${refusal.code} at ${refusal.where}: ${refusal.why}`);
    this.name = 'EndorsementRefused';
    this.refusal = refusal;
  }
}

/** A refusal to throw or to reject with. `where` is a file, an address without its query, or a member. */
export function endorsementRefused(
  code: EndorsementCode,
  where: string,
  why: string,
  cause?: Refusal,
): EndorsementRefused {
  return new EndorsementRefused(cause === undefined ? { code, where, why } : { code, where, why, cause });
}

/** Refuses: never returns. */
export function refuseEndorsements(code: EndorsementCode, where: string, why: string, cause?: Refusal): never {
  throw endorsementRefused(code, where, why, cause);
}

/** Whether something thrown is a refusal with that code. */
export function isRefusal(error: unknown, code: EndorsementCode): boolean {
  return error instanceof EndorsementRefused && error.refusal.code === code;
}

/** Runs work that may refuse; gives its result or the refusal. */
export async function settleRefusals<Result>(
  work: () => Promise<Result>,
): Promise<Result | { readonly ok: false; readonly refusal: EndorsementRefusal }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EndorsementRefused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** Runs a reader of the evidence package, whose refusal becomes the cause of one with `code`. */
export function refusedAs<Result>(code: EndorsementCode, where: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const cause: Refusal = error.refusal;
    return refuseEndorsements(code, where, `${cause.where}: ${cause.why} (${cause.code})`, cause);
  }
}
