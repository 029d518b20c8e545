/** The compiled form of a query step. */
import type { Budget } from '../budget.ts';
import type { JsonValue } from '../json/value.ts';

/** A step of a query: the current value in, the answer out. */
export type Run = (value: JsonValue, budget: Budget) => JsonValue;
