/** Refusals and outcomes with the codes of this package. */
import { type Outcome, type Refusal, refuse, settle } from '@atesto/core';
import type { PolicyCode } from './codes.ts';
import type { Diagnostic } from './diagnostic.ts';

/** A refusal of this package. `where` is a claim by its index, or a line and column. */
export type PolicyRefusal = Refusal<PolicyCode>;

/** A value, or a refusal of this package. */
export type PolicyOutcome<Value> = Outcome<Value, PolicyCode>;

/** The refusal of a text for its first error. */
export function refusalOf({ code, line, column, message, hint }: Diagnostic): PolicyRefusal {
  const why = hint === undefined ? message : `${message} ${hint}`;
  return { code, where: `line ${line}, column ${column}`, why };
}

/** Refuses with a code of this package; {@link settleAt} adds the place. */
export function fail(code: PolicyCode, why: string): never {
  return refuse(code, '', why);
}

/** Runs work that may {@link fail} and returns its outcome, with `where` as the place of a refusal. */
export function settleAt<Value>(where: string, work: () => Value): PolicyOutcome<Value> {
  const outcome = settle<Value, PolicyCode>(work);
  return outcome.ok ? outcome : { ok: false, refusal: { ...outcome.refusal, where } };
}
