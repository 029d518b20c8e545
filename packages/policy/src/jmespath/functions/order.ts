/** JMESPath ordering: of numbers, of strings, and of elements by the value of an expression. */
import type { Budget } from '../../budget.ts';
import { isNumber, type JsonValue } from '../../json/value.ts';
import { compareStrings } from '../values.ts';
import { wrongKind } from './wrong-kind.ts';

type Comparable = number | bigint | string;

/** Returns the value by which an element is ordered. */
export type KeyOf = (item: JsonValue) => JsonValue;

/** `sort`: an array of numbers or of strings in ascending order. */
export function sorted(value: JsonValue, budget: Budget): JsonValue {
  return sortedBy('sort', value, itself, budget);
}

/** `sort_by`: an array in ascending order of what `keyOf` yields; stable. */
export function sortedBy(name: string, value: JsonValue, keyOf: KeyOf, budget: Budget): JsonValue {
  const pairs = keyed(name, value, keyOf, budget);
  pairs.sort((a, b) => compare(a.key, b.key, budget));
  budget.holdArray(pairs.length);
  return pairs.map((pair) => pair.item);
}

/** The largest or smallest element, the first of equals; `null` for an empty array. */
export function most(name: 'min' | 'max', value: JsonValue, budget: Budget): JsonValue {
  return mostBy(name, name, value, itself, budget);
}

/** `min_by` and `max_by`: the element for which `keyOf` yields the least or greatest value; `null` of an empty array. */
export function mostBy(name: string, end: 'min' | 'max', value: JsonValue, keyOf: KeyOf, budget: Budget): JsonValue {
  const [first, ...others] = keyed(name, value, keyOf, budget);
  if (first === undefined) return null;
  let best = first;
  for (const pair of others) {
    const order = compare(pair.key, best.key, budget);
    if (end === 'max' ? order > 0 : order < 0) best = pair;
  }
  return best.item;
}

function itself(item: JsonValue): JsonValue {
  return item;
}

interface Keyed {
  readonly item: JsonValue;
  readonly key: Comparable;
}

/** Cells of an element beside its key. */
const pairCells = 3;

function keyed(name: string, value: JsonValue, keyOf: KeyOf, budget: Budget): Keyed[] {
  if (!Array.isArray(value)) return wrongKind(name, 'an array', value);
  budget.holdArray(pairCells * value.length);
  let kind: 'number' | 'string' | undefined;
  return value.map((item) => {
    const key = keyOf(item);
    const keyKind = isNumber(key) ? 'number' : typeof key === 'string' ? 'string' : undefined;
    kind ??= keyKind;
    if (
      keyKind === undefined ||
      keyKind !== kind ||
      key === null ||
      typeof key === 'object' ||
      typeof key === 'boolean'
    )
      return wrongKind(name, 'numbers only or strings only', key);
    return { item, key };
  });
}

function compare(a: Comparable, b: Comparable, budget: Budget): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b, budget);
  budget.charge(2);
  return a < b ? -1 : a > b ? 1 : 0;
}
