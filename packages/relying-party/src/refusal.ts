/**
 * How a relying party refuses: a value that says what, where and why. Inside, a failed check throws {@link Refused};
 * {@link settle} turns it into an {@link Outcome} at each public function. Other exceptions are bugs and pass.
 */
import type { RelyingPartyCode } from './codes.ts';

/** One refused check. Holds no token and no expected secret. */
export interface Refusal {
  /** Stable, kebab-case; see `relyingPartyCodes`. */
  readonly code: RelyingPartyCode;
  /** The place: a claim, a header member, an address, an option. */
  readonly where: string;
  /** One sentence that an operator can act on. */
  readonly why: string;
}

/** Either the value, or the first check that refused it. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: Refusal };

/** The signal that carries a refusal to the nearest {@link settle}. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code} at ${refusal.where}: ${refusal.why}`);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

/** Thrown by `createVerifier` for a verifier that would not do what its owner means. */
export class ConfigurationError extends TypeError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code} at ${refusal.where}: ${refusal.why}`);
    this.name = 'ConfigurationError';
    this.refusal = refusal;
  }
}

/** Refuses: never returns. */
export function refuse(code: RelyingPartyCode, where: string, why: string): never {
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
