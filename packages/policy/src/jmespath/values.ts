/** Truth, equality, order and type of JSON values in JMESPath. Each operation pays for what it visits. */

import type { Budget } from '../budget.ts';
import type { JsonValue } from '../json/value.ts';
import { limits } from '../limits.ts';
import { fail } from '../refusal.ts';

/** False values are `null`, `false` and the empty string, array and object. Numbers are true, 0 included. */
export function isTrue(value: JsonValue): boolean {
  if (value === null || value === false || value === '') return false;
  if (typeof value !== 'object') return true;
  return Array.isArray(value) ? value.length > 0 : value.size > 0;
}

/** The JMESPath type of a value. */
export function kindOf(value: JsonValue): 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value !== 'object') return 'number';
  return Array.isArray(value) ? 'array' : 'object';
}

/** Deep equality; member order does not matter. */
export function areEqual(a: JsonValue, b: JsonValue, budget: Budget, depth = 0): boolean {
  budget.charge(1);
  if (typeof a === 'string' && typeof b === 'string' && a.length === b.length) budget.charge(a.length >> 10);
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (depth >= limits.jsonDepth) fail('json-depth', `the JSON nests deeper than ${limits.jsonDepth} levels`);
  if (Array.isArray(a)) return Array.isArray(b) && areArraysEqual(a, b, budget, depth + 1);
  return !Array.isArray(b) && areObjectsEqual(a, b, budget, depth + 1);
}

function areArraysEqual(a: readonly JsonValue[], b: readonly JsonValue[], budget: Budget, depth: number): boolean {
  return a.length === b.length && a.every((item, index) => areEqual(item, b[index] ?? null, budget, depth));
}

type Members = ReadonlyMap<string, JsonValue>;

function areObjectsEqual(a: Members, b: Members, budget: Budget, depth: number): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    budget.chargeLookup(name, b.size);
    const other = b.get(name);
    if (other === undefined || !areEqual(value, other, budget, depth)) return false;
  }
  return true;
}

/** Order of strings by code points, as the specification has it; JavaScript's own order is by UTF-16 units. */
export function compareStrings(a: string, b: string, budget: Budget): number {
  const shorter = Math.min(a.length, b.length);
  budget.charge(3);
  let index = 0;
  while (index < shorter && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  budget.chargeCharacters(index);
  if (index === shorter) return a.length - b.length;
  return codePointRank(a.charCodeAt(index)) - codePointRank(b.charCodeAt(index));
}

/** Surrogates encode the highest code points. */
function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
