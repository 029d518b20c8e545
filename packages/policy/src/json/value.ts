/**
 * JSON values of rules and queries: member order is kept, integers beyond ±(2^53-1) are `bigint`, all other numbers `number`.
 * Each integer has one representation, so that `===` compares numbers.
 */
import { fail } from '../refusal.ts';

/** The members of an object in the order of the text. */
export type JsonObject = Map<string, JsonValue>;

/** A JSON value. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | JsonObject;

const leastWhole = -(2n ** 63n);
const greatestWhole = 2n ** 64n - 1n;

/** An integer in its one representation; refused beyond 64 bits. */
export function wholeNumber(value: bigint): number | bigint {
  if (value >= -9007199254740991n && value <= 9007199254740991n) return Number(value);
  if (value < leastWhole || value > greatestWhole) return outOfRange();
  return value;
}

/** The result of arithmetic; refused where a double no longer holds integers exactly. */
export function checkedNumber(value: number): number {
  return Number.isInteger(value) && !Number.isSafeInteger(value)
    ? outOfRange()
    : Number.isFinite(value)
      ? value
      : outOfRange();
}

function outOfRange(): never {
  return fail('json-number-range', 'a number cannot be represented without rounding');
}

/** Whether a value is a number, as a double or as a `bigint`. */
export function isNumber(value: JsonValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
