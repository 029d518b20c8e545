/** Refusals with the codes of this package, and how the refusal of another package becomes one. */
import { type Outcome, type Refusal, Refused, refuse, settleAsync } from '@atesto/core';
import type { EndorsementCode } from './codes.ts';

/** A refusal of this package. */
export type EndorsementRefusal = Refusal<EndorsementCode>;

/** A refusal to throw or to reject with. `where` is a file, an address without its query, or a member. */
export function endorsementRefused(code: EndorsementCode, where: string, why: string): Refused<EndorsementCode> {
  return new Refused<EndorsementCode>({ code, where, why });
}

/** Refuses with a code of this package. */
export const refuseEndorsements: (code: EndorsementCode, where: string, why: string, cause?: Refusal) => never = refuse;

/** Whether something thrown is a refusal with that code. */
export function isRefusal(error: unknown, code: EndorsementCode): boolean {
  return error instanceof Refused && error.refusal.code === code;
}

/** Runs work that gives a result or throws a refusal; gives either as a value. */
export async function settleRefusals<Result>(
  work: () => Promise<Result>,
): Promise<Result | Extract<Outcome<never, EndorsementCode>, { ok: false }>> {
  const outcome = await settleAsync<Result, EndorsementCode>(work);
  return outcome.ok ? outcome.value : outcome;
}

/** The value of an outcome of the evidence package; its refusal becomes the cause of one with `code`. */
export function orRefuseAs<Result>(code: EndorsementCode, where: string, outcome: Outcome<Result>): Result {
  if (outcome.ok) return outcome.value;
  const cause = outcome.refusal;
  return refuseEndorsements(code, where, `${cause.where}: ${cause.why} (${cause.code})`, cause);
}
