/**
 * What a refusal is: a value of the domain that says what was refused, where, and why.
 *
 * Inside this package a failed check throws {@link Refused}, so that each check reads as one line; no public function lets
 * it out: {@link settle} turns it into an {@link Outcome}. Anything else that is thrown is a bug and stays an exception.
 */

/** One refused check. Holds no evidence bytes, keys or secrets: it may be shown to the caller. */
export interface Refusal<Code extends string = string> {
  /** Stable, kebab-case, never reused for another meaning. */
  readonly code: Code;
  /** The place: a byte offset (`quote+436`), a certificate subject, a member of a document. */
  readonly where: string;
  /** One sentence that an operator can act on. */
  readonly why: string;
}

/** Either the value, or the first check that refused it. */
export type Outcome<Value, Code extends string = string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal<Code> };

/** The signal that carries a refusal to the nearest {@link settle}. */
export class Refused<Code extends string = string> extends Error {
  readonly refusal: Refusal<Code>;

  constructor(refusal: Refusal<Code>) {
    super(`${refusal.code} at ${refusal.where}: ${refusal.why}`);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** Refuses: never returns. */
export function refuse<Code extends string>(code: Code, where: string, why: string): never {
  throw new Refused<Code>({ code, where, why });
}

/** Runs checks that may refuse and returns their outcome as a value. */
export function settle<Value>(work: () => Value): Outcome<Value> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}
