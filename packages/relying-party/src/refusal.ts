/** Refusals and outcomes with the codes of this package. */
import { type Outcome as AnyOutcome, type Refusal as AnyRefusal, refuse as refuseAny } from '@atesto/core';
import type { RelyingPartyCode } from './codes.ts';

/** One refused check. Holds no token and no expected secret. `where` is a claim, a header member, an address or an option. */
export type Refusal = AnyRefusal<RelyingPartyCode>;

/** The value, or the first check that refused it. */
export type Outcome<Value> = AnyOutcome<Value, RelyingPartyCode>;

/** Thrown by `createVerifier` when an option is invalid or a decision is missing. */
export class ConfigurationError extends TypeError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`${refusal.code} at ${refusal.where}: ${refusal.why}`);
    this.name = 'ConfigurationError';
    this.refusal = refusal;
  }
}

/** Refuses with a code of this package. */
export const refuse: (code: RelyingPartyCode, where: string, why: string) => never = refuseAny;
