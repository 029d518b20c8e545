/** Refusals, outcomes and misuse with the codes of this package. */
import {
  type Outcome as AnyOutcome,
  type Refusal as AnyRefusal,
  ConfigurationError,
  refuse as refuseAny,
} from '@atesto/core';
import type { RelyingPartyCode, RelyingPartyConfigurationCode } from './codes.ts';

/** One refused check. Holds no token and no expected secret. `where` is a claim, a header member or an address. */
export type Refusal = AnyRefusal<RelyingPartyCode>;

/** The value, or the first check that refused it. */
export type Outcome<Value> = AnyOutcome<Value, RelyingPartyCode>;

/** Refuses with a code of this package. */
export const refuse: (code: RelyingPartyCode, where: string, why: string) => never = refuseAny;

/** Throws `ConfigurationError`. @param expected in words */
export function misuse(option: string, expected: string, code?: RelyingPartyConfigurationCode): never {
  throw new ConfigurationError<RelyingPartyConfigurationCode>(option, expected, code);
}
