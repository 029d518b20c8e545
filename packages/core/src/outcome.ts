/**
 * Refusals as values: an {@link Outcome} holds a value, or says what was refused, where and why. Inside a package a failed check throws
 * {@link Refused}, so that each check reads as one line; the package's public functions {@link settle} it. Anything else that is thrown is
 * a bug and stays an exception.
 */

/** One refused check. Holds no evidence bytes, keys, tokens or secrets: it may be shown to the caller. */
export interface Refusal<Code extends string = string> {
  /** Stable, kebab-case, never reused for another meaning. */
  readonly code: Code;
  /** Where the check failed: a byte offset (`quote+436`), a certificate subject, a claim, a member of a document. */
  readonly where: string;
  /** One sentence that an operator can act on. */
  readonly why: string;
  /** The refusal that led to this one. Absent: this is the first. */
  readonly cause?: Refusal;
}

/** The value, or the first check that refused it. */
export type Outcome<Value, Code extends string = string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal<Code> };

/** Carries a refusal to the nearest {@link settle}. */
export class Refused<Code extends string = string> extends Error {
  readonly refusal: Refusal<Code>;

  constructor(refusal: Refusal<Code>) {
    super(`${refusal.code} at ${refusal.where}: ${refusal.why}`);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** Throws {@link Refused}. */
export function refuse<Code extends string>(code: Code, where: string, why: string, cause?: Refusal): never {
  throw new Refused<Code>(cause === undefined ? { code, where, why } : { code, where, why, cause });
}

/**
 * Runs checks that may refuse and returns their outcome as a value.
 * @typeParam Code the codes that the checks use; the compiler does not verify them
 */
export function settle<Value, Code extends string = string>(work: () => Value): Outcome<Value, Code> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, refusal: refusalIn(error) };
  }
}

/** {@link settle} for asynchronous work. */
export async function settleAsync<Value, Code extends string = string>(
  work: () => Promise<Value>,
): Promise<Outcome<Value, Code>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, refusal: refusalIn(error) };
  }
}

/** The value of an outcome. Throws {@link Refused} when it was refused. */
export function unwrap<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  throw new Refused(outcome.refusal);
}

function refusalIn<Code extends string>(error: unknown): Refusal<Code> {
  if (isRefused<Code>(error)) return error.refusal;
  throw error;
}

function isRefused<Code extends string>(error: unknown): error is Refused<Code> {
  return error instanceof Refused;
}
