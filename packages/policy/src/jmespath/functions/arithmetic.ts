/** JMESPath arithmetic. Integers are added exactly; a double that no longer holds them exactly is refused. */
import type { Budget } from '../../budget.ts';
import { checkedNumber, isNumber, type JsonValue, wholeNumber } from '../../json/value.ts';
import { wrongKind } from './wrong-kind.ts';

/** `abs`: the absolute value of a number. */
export function magnitude(value: JsonValue): JsonValue {
  if (typeof value === 'bigint') return wholeNumber(value < 0n ? -value : value);
  return typeof value === 'number' ? Math.abs(value) : wrongKind('abs', 'a number', value);
}

/** `ceil`: the next integer that is not less. */
export function ceil(value: JsonValue): JsonValue {
  return rounded('ceil', value, Math.ceil);
}

/** `floor`: the next integer that is not greater. */
export function floor(value: JsonValue): JsonValue {
  return rounded('floor', value, Math.floor);
}

function rounded(name: string, value: JsonValue, round: (value: number) => number): JsonValue {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' ? checkedNumber(round(value) + 0) : wrongKind(name, 'a number', value);
}

/** `sum` of an array of numbers. */
export function sum(value: JsonValue, budget: Budget): JsonValue {
  return total('sum', numbers('sum', value, budget));
}

/** `avg`: the mean of an array of numbers; `null` of an empty one. */
export function avg(value: JsonValue, budget: Budget): JsonValue {
  const items = numbers('avg', value, budget);
  if (items.length === 0) return null;
  return checkedNumber(Number(total('avg', items)) / items.length);
}

function numbers(name: string, value: JsonValue, budget: Budget): (number | bigint)[] {
  if (!Array.isArray(value)) return wrongKind(name, 'an array of numbers', value);
  budget.holdArray(value.length);
  return value.map((item) => (isNumber(item) ? item : wrongKind(name, 'an array of numbers', item)));
}

function total(name: string, items: readonly (number | bigint)[]): number | bigint {
  if (!items.some((item) => typeof item === 'bigint')) {
    return checkedNumber(items.reduce<number>((before, item) => before + Number(item), 0));
  }
  let exact = 0n;
  for (const item of items) {
    if (typeof item === 'number' && !Number.isInteger(item))
      return wrongKind(name, 'numbers that add up without rounding', item);
    exact += BigInt(item);
  }
  return wholeNumber(exact);
}
