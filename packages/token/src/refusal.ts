/**
 * How this package refuses: a value that says what, where and why. Inside, a failed check throws {@link Refused};
 * {@link settle} turns it into an {@link Outcome} at each public function. Other exceptions are bugs and pass.
 */
import type { TokenCode } from './codes.ts';

/** One refused check. Holds no key, secret or token: it may be shown to the caller. */
export interface Refusal<Code extends string = TokenCode> {
  /** Stable, kebab-case; see `tokenCodes`. */
  readonly code: Code;
  /** The place: a claim, a member of the sealed key, an argument. */
  readonly where: string;
  /** One sentence that an operator can act on. */
  readonly why: string;
}

/** Either the value, or the first check that refused it. */
export type Outcome<Value, Code extends string = TokenCode> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal<Code> };

class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code} at ${refusal.where}: ${refusal.why}`);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** Refuses: never returns. */
export function refuse(code: TokenCode, where: string, why: string): never {
  throw new Refused({ code, where, why });
}

function refusalOf(error: unknown): { readonly ok: false; readonly refusal: Refusal } {
  if (error instanceof Refused) return { ok: false, refusal: error.refusal };
  throw error;
}

/** Runs checks that may refuse and returns their outcome as a value. */
export function settle<Value>(work: () => Value): Outcome<Value> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return refusalOf(error);
  }
}

/** As {@link settle}, for work that waits. */
export async function settleAsync<Value>(work: () => Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return refusalOf(error);
  }
}
