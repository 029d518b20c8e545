/** The JMESPath string functions. */
import type { Budget } from '../../budget.ts';
import type { JsonValue } from '../../json/value.ts';
import { wrongKind } from './wrong-kind.ts';

/** Up to this many steps the built-in search is cheap even in its worst case. */
const cheapSearch = 1 << 16;

/** The string that an argument must be. */
export function textOf(name: string, value: JsonValue, budget: Budget): string {
  if (typeof value !== 'string') return wrongKind(name, 'a string', value);
  budget.charge(value.length >> 10);
  return value;
}

/** `starts_with` and `ends_with`. */
export function affix(
  name: 'starts_with' | 'ends_with',
  subject: JsonValue,
  wanted: JsonValue,
  budget: Budget,
): boolean {
  const whole = textOf(name, subject, budget);
  const part = textOf(name, wanted, budget);
  return name === 'starts_with' ? whole.startsWith(part) : whole.endsWith(part);
}

/** Folds only A-Z. Values that are not strings are unequal, since logs have entries without the member. */
export function equalsIgnoreCase(a: JsonValue, b: JsonValue, budget: Budget): boolean {
  if (typeof a !== 'string' || typeof b !== 'string' || a.length !== b.length) return false;
  budget.chargeCharacters(a.length);
  for (let index = 0; index < a.length; index++) {
    if (fold(a.charCodeAt(index)) !== fold(b.charCodeAt(index))) return false;
  }
  return true;
}

function fold(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
}

/** The number of code points of a string. */
export function codePoints(text: string, budget: Budget): number {
  budget.chargeCharacters(text.length);
  let pairs = 0;
  for (let index = 1; index < text.length; index++) {
    if (isLowSurrogate(text.charCodeAt(index)) && isHighSurrogate(text.charCodeAt(index - 1))) pairs++;
  }
  return text.length - pairs;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Whether a string contains another. Long strings are searched in linear time (Knuth, Morris, Pratt), at several steps per character. */
export function holds(whole: string, part: string, budget: Budget): boolean {
  budget.chargeCharacters(whole.length + part.length);
  if (part.length > whole.length) return false;
  if (part.length < 2 || whole.length * part.length <= cheapSearch) return whole.includes(part);
  budget.charge((whole.length + part.length) >> 2);
  const borders = bordersOf(part);
  let matched = 0;
  for (let index = 0; index < whole.length; index++) {
    matched = extend(part, borders, matched, whole.charCodeAt(index));
    if (matched === part.length) return true;
  }
  return false;
}

/** For each prefix of a string: the length of the longest proper prefix that is also its suffix. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length);
  for (let index = 1, border = 0; index < part.length; index++) {
    border = extend(part, borders, border, part.charCodeAt(index));
    borders[index] = border;
  }
  return borders;
}

function extend(part: string, borders: Int32Array, matched: number, unit: number): number {
  let length = matched;
  while (length > 0 && part.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
  return part.charCodeAt(length) === unit ? length + 1 : length;
}
