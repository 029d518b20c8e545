/** The JMESPath functions that take only values (jmespath.org, built-in functions). */
import type { Budget } from '../../budget.ts';
import { readNumber } from '../../json/read.ts';
import type { JsonObject, JsonValue } from '../../json/value.ts';
import { writeJson } from '../../json/write.ts';
import { areEqual, kindOf } from '../values.ts';
import { avg, ceil, floor, magnitude, sum } from './arithmetic.ts';
import { most, sorted } from './order.ts';
import { affix, codePoints, equalsIgnoreCase, holds, textOf } from './text.ts';
import { wrongKind } from './wrong-kind.ts';

/** A function of values; takes as many arguments as its signature. */
export type ValueFunction = (values: readonly JsonValue[], budget: Budget) => JsonValue;

type Unary = (value: JsonValue, budget: Budget) => JsonValue;
type Binary = (a: JsonValue, b: JsonValue, budget: Budget) => JsonValue;

function unary(apply: Unary): ValueFunction {
  return ([value = null], budget) => apply(value, budget);
}

function binary(apply: Binary): ValueFunction {
  return ([a = null, b = null], budget) => apply(a, b, budget);
}

/** The functions, by name. */
export const valueFunctions: ReadonlyMap<string, ValueFunction> = new Map([
  ['abs', unary(magnitude)],
  ['avg', unary(avg)],
  ['ceil', unary(ceil)],
  ['contains', binary(contains)],
  ['ends_with', binary((a, b, budget) => affix('ends_with', a, b, budget))],
  ['equals_ignore_case', binary(equalsIgnoreCase)],
  ['floor', unary(floor)],
  ['join', binary(join)],
  ['keys', unary((value, budget) => listed(object('keys', value), (members) => members.keys(), budget))],
  ['length', unary(length)],
  ['max', unary((value, budget) => most('max', value, budget))],
  ['merge', merge],
  ['min', unary((value, budget) => most('min', value, budget))],
  ['not_null', (values) => values.find((value) => value !== null) ?? null],
  ['reverse', unary(reverse)],
  ['sort', unary(sorted)],
  ['starts_with', binary((a, b, budget) => affix('starts_with', a, b, budget))],
  ['sum', unary(sum)],
  ['to_array', unary(toArray)],
  ['to_number', unary(toNumber)],
  ['to_string', unary(toText)],
  ['type', unary(kindOf)],
  ['values', unary((value, budget) => listed(object('values', value), (members) => members.values(), budget))],
]);

function listed(object: JsonObject, part: (of: JsonObject) => Iterable<JsonValue>, budget: Budget): JsonValue[] {
  budget.holdArray(object.size);
  return [...part(object)];
}

function toArray(value: JsonValue, budget: Budget): JsonValue {
  if (Array.isArray(value)) return value;
  budget.holdArray(1);
  return [value];
}

function object(name: string, value: JsonValue): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return wrongKind(name, 'an object', value);
  return value;
}

function contains(subject: JsonValue, wanted: JsonValue, budget: Budget): JsonValue {
  if (Array.isArray(subject)) return subject.some((item) => areEqual(item, wanted, budget));
  if (typeof subject !== 'string') return wrongKind('contains', 'an array or a string', subject);
  return typeof wanted === 'string' && holds(subject, wanted, budget);
}

function join(glue: JsonValue, items: JsonValue, budget: Budget): JsonValue {
  const between = textOf('join', glue, budget);
  if (!Array.isArray(items)) return wrongKind('join', 'an array of strings', items);
  budget.holdArray(items.length);
  let total = 0;
  const parts = items.map((item) => {
    if (typeof item !== 'string') return wrongKind('join', 'an array of strings', item);
    total += item.length + between.length;
    return item;
  });
  budget.chargeString(total);
  return parts.join(between);
}

function length(value: JsonValue, budget: Budget): JsonValue {
  if (typeof value === 'string') return codePoints(value, budget);
  if (value !== null && typeof value === 'object') return Array.isArray(value) ? value.length : value.size;
  return wrongKind('length', 'a string, an array or an object', value);
}

function merge(values: readonly JsonValue[], budget: Budget): JsonValue {
  const merged: JsonObject = new Map();
  for (const value of values) {
    const members = object('merge', value);
    budget.holdObject(members.size);
    for (const [name, member] of members) {
      budget.chargeLookup(name, merged.size);
      merged.set(name, member);
    }
  }
  return merged;
}

function reverse(value: JsonValue, budget: Budget): JsonValue {
  if (Array.isArray(value)) {
    budget.holdArray(value.length);
    return value.toReversed();
  }
  if (typeof value !== 'string') return wrongKind('reverse', 'a string or an array', value);
  budget.chargeString(value.length);
  budget.hold(2 * value.length);
  return [...value].reverse().join('');
}

function toNumber(value: JsonValue, budget: Budget): JsonValue {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  return typeof value === 'string' ? (readNumber(value, budget) ?? null) : null;
}

function toText(value: JsonValue, budget: Budget): JsonValue {
  if (typeof value === 'string') return value;
  return writeJson(value, budget);
}
