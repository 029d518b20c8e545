/** Refusals and outcomes with the codes of this package. */
import { type Outcome, type Refusal, refuse as refuseAny } from '@atesto/core';
import type { TokenCode } from './codes.ts';

/** A refusal of this package. */
export type TokenRefusal = Refusal<TokenCode>;

/** A value, or a refusal of this package. */
export type TokenOutcome<Value> = Outcome<Value, TokenCode>;

/** Refuses with a code of this package. `where` is a claim, a member of the sealed key or an argument. */
export const refuse: (code: TokenCode, where: string, why: string) => never = refuseAny;
