/** JMESPath projections apply the rest of the query to each element and drop nulls. The result is `null` for other types. */
import type { Budget } from '../budget.ts';
import type { JsonValue } from '../json/value.ts';
import type { Run } from './step.ts';
import { isTrue } from './values.ts';

/** `[*]…`, and what follows a flattening or a slice. Without `each` the elements stay as they are. */
export function compileProjection(each: Run | undefined): Run {
  return (value, budget) => (Array.isArray(value) ? collect(value, each, budget) : null);
}

/** `*…`: over the values of an object. */
export function compileValues(each: Run | undefined): Run {
  return (value, budget) => (value instanceof Map ? collect(value.values(), each, budget) : null);
}

/** `[?…]…`: over the elements for which the condition is true. */
export function compileFilter(condition: Run, each: Run | undefined): Run {
  return (value, budget) => {
    if (!Array.isArray(value)) return null;
    budget.holdArray(0);
    const kept: JsonValue[] = [];
    for (const item of value) {
      budget.charge(1);
      if (!isTrue(condition(item, budget))) continue;
      budget.hold(1);
      kept.push(item);
    }
    return collect(kept, each, budget);
  };
}

function collect(items: Iterable<JsonValue>, each: Run | undefined, budget: Budget): JsonValue[] {
  budget.holdArray(0);
  const collected: JsonValue[] = [];
  for (const item of items) {
    budget.hold(1);
    const result = each === undefined ? item : each(item, budget);
    if (result !== null) collected.push(result);
  }
  return collected;
}

/** `[]`: arrays within the array are opened, one level. */
export function flatten(value: JsonValue, budget: Budget): JsonValue {
  if (!Array.isArray(value)) return null;
  budget.holdArray(0);
  const flat: JsonValue[] = [];
  for (const item of value) {
    if (!Array.isArray(item)) {
      budget.hold(1);
      flat.push(item);
      continue;
    }
    budget.hold(1 + item.length);
    for (const element of item) flat.push(element);
  }
  return flat;
}

/** `[start:stop:step]`, with Python's meaning of negative and absent bounds. `step` is not 0. */
export function slice(
  value: JsonValue,
  start: number | undefined,
  stop: number | undefined,
  step: number,
  budget: Budget,
): JsonValue {
  if (!Array.isArray(value)) return null;
  const { length } = value;
  const first = bound(start, length, step, step > 0 ? 0 : length - 1);
  const end = bound(stop, length, step, step > 0 ? length : -1);
  budget.holdArray(0);
  const part: JsonValue[] = [];
  for (let index = first; step > 0 ? index < end : index > end; index += step) {
    budget.hold(1);
    part.push(value[index] ?? null);
  }
  return part;
}

function bound(given: number | undefined, length: number, step: number, absent: number): number {
  if (given === undefined) return absent;
  const index = given < 0 ? given + length : given;
  return step > 0 ? Math.min(Math.max(index, 0), length) : Math.min(Math.max(index, -1), length - 1);
}
