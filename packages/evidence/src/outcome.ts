/** Refusals and outcomes with the codes of this package. */
import { type Outcome as AnyOutcome, type Refusal as AnyRefusal, refuse as refuseAny } from '@atesto/core';
import type { EvidenceCode } from './codes.ts';

/** One refused check: code, place and reason. Holds no evidence bytes: it may be shown and logged. */
export type Refusal = AnyRefusal<EvidenceCode>;

/** The value, or the first check that refused it. */
export type Outcome<Value> = AnyOutcome<Value, EvidenceCode>;

/** Refuses with a code of this package. */
export const refuse: (code: EvidenceCode, where: string, why: string, cause?: Refusal) => never = refuseAny;
