/** The value sets that expressions return (policy language, section 5). */
import type { Budget } from '../budget.ts';
import type { ClaimValue } from '../claims/claim.ts';

/** Distinct values in order of first occurrence. `readOnly`: claims made of them may not be issued. */
export interface ValueSet {
  readonly values: readonly ClaimValue[];
  readonly readOnly: boolean;
}

/** Units of work for putting a value into a set. */
const valueWork = 3;

/** The distinct values in order of first occurrence. */
export function distinct(values: readonly ClaimValue[], budget: Budget): readonly ClaimValue[] {
  if (values.length < 2) return values;
  budget.charge(valueWork * values.length);
  const seen = new Set<ClaimValue>();
  for (const value of values) {
    if (typeof value === 'string') budget.chargeLookup(value, seen.size);
    seen.add(value);
  }
  return [...seen];
}

/** Whether two values are equal. Only strings of equal length are compared. */
export function areSame(a: ClaimValue, b: ClaimValue, budget: Budget): boolean {
  if (typeof a === 'string' && typeof b === 'string' && a.length === b.length) budget.charge(a.length >> 10);
  return a === b;
}

/** A set of one value. */
export function single(value: ClaimValue, readOnly: boolean): ValueSet {
  return { values: [value], readOnly };
}
