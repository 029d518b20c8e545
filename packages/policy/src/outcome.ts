/** How this package refuses what is not a policy text: a value that says what, where and why. */
import type { PolicyCode } from './codes.ts';

/** One refused check. */
export interface Refusal {
  /** Stable, kebab-case; see `policyCodes`. */
  readonly code: PolicyCode;
  /** The place: a claim by its index, a line and column. */
  readonly where: string;
  /** One sentence that an operator can act on. */
  readonly why: string;
}

/** Either the value, or the first check that refused it. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

/** Ends an evaluation, a query's compilation or the reading of JSON. Never leaves the package. */
export class Failed extends Error {
  readonly code: PolicyCode;

  constructor(code: PolicyCode, why: string) {
    super(why);
    this.name = 'Failed';
    this.code = code;
  }
}

/** Fails: never returns. */
export function fail(code: PolicyCode, why: string): never {
  throw new Failed(code, why);
}

/** Runs work that may fail; anything but a {@link Failed} is a bug and passes. */
export function settle<Value>(where: string, work: () => Value): Outcome<Value> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (error instanceof Failed) return { ok: false, refusal: { code: error.code, where, why: error.message } };
    throw error;
  }
}
