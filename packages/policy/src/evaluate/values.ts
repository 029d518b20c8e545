/** The sets of values that expressions yield (policy language, section 5). */
import type { ClaimValue } from '../claims/claim.ts';

/** Distinct values in order of first occurrence. `readOnly`: what is made of them may not be issued. */
export interface ValueSet {
  readonly values: readonly ClaimValue[];
  readonly readOnly: boolean;
}

/** The distinct values in order of first occurrence. */
export function distinct(values: readonly ClaimValue[]): readonly ClaimValue[] {
  return values.length < 2 ? values : [...new Set(values)];
}

export function single(value: ClaimValue, readOnly: boolean): ValueSet {
  return { values: [value], readOnly };
}
