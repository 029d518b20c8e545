/** Reads JSON text (RFC 8259) within a budget: integers are never rounded, depth is bounded, nothing may follow the value. */

import { arrayCells, type Budget, memberCells, objectCells, valueCells } from '../budget.ts';
import { limits } from '../limits.ts';
import { fail } from '../refusal.ts';
import { type JsonObject, type JsonValue, wholeNumber } from './value.ts';

const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Cells of a string fragment after an escape. */
const escapeCells = 2;
/** Cells are paid for in batches of this size. */
const paidTogether = 256;
/** Numbers of at most this many digits are exact as doubles. */
const exactDigits = 15;
/** Integers of at most this many digits are converted directly. */
const wholeDigits = 20;
/** Units of work for other numbers, besides their digits. */
const numberWork = 32;

/**
 * Parses JSON text. The last of repeated members wins. The budget pays for each character and each value.
 * Refuses with `json-invalid`, `json-depth`, `json-number-range`, `limit-work` or `limit-memory`.
 */
export function readJson(text: string, budget: Budget): JsonValue {
  budget.chargeCharacters(text.length);
  const reader = new JsonReader(text, budget);
  return reader.whole();
}

/** The value of a JSON number, without white space; undefined when the text is not a JSON number. */
export function readNumber(text: string, budget: Budget): number | bigint | undefined {
  budget.charge(text.length);
  number.lastIndex = 0;
  const match = number.exec(text);
  return match === null || match[0].length !== text.length ? undefined : numberOf(match, budget);
}

class JsonReader {
  readonly #text: string;
  readonly #budget: Budget;
  #position = 0;
  /** Cells not paid for yet. */
  #cells = 0;

  constructor(text: string, budget: Budget) {
    this.#text = text;
    this.#budget = budget;
  }

  whole(): JsonValue {
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#position < this.#text.length) this.#invalid();
    this.#pay();
    return value;
  }

  #hold(cells: number): void {
    this.#cells += cells;
    if (this.#cells >= paidTogether) this.#pay();
  }

  #pay(): void {
    const cells = this.#cells;
    this.#cells = 0;
    this.#budget.hold(cells);
  }

  #value(depth: number): JsonValue {
    this.#hold(valueCells);
    const code = this.#text.charCodeAt(this.#position);
    if (code === 0x22) return this.#string();
    if (code === 0x7b) return this.#object(depth + 1);
    if (code === 0x5b) return this.#array(depth + 1);
    if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return this.#number();
    if (code === 0x74) return this.#word('true', true);
    if (code === 0x66) return this.#word('false', false);
    if (code === 0x6e) return this.#word('null', null);
    return this.#invalid();
  }

  #object(depth: number): JsonObject {
    if (depth > limits.jsonDepth) tooDeep();
    this.#hold(objectCells);
    const members: JsonObject = new Map();
    this.#position++;
    this.#space();
    if (this.#take(0x7d)) return members;
    do {
      this.#space();
      if (this.#text.charCodeAt(this.#position) !== 0x22) this.#invalid();
      const name = this.#string();
      this.#space();
      if (!this.#take(0x3a)) this.#invalid();
      this.#space();
      this.#hold(memberCells);
      this.#budget.chargeLookup(name, members.size);
      members.set(name, this.#value(depth));
      this.#space();
    } while (this.#take(0x2c));
    if (!this.#take(0x7d)) this.#invalid();
    return members;
  }

  #array(depth: number): JsonValue[] {
    if (depth > limits.jsonDepth) tooDeep();
    this.#hold(arrayCells);
    const items: JsonValue[] = [];
    this.#position++;
    this.#space();
    if (this.#take(0x5d)) return items;
    do {
      this.#space();
      items.push(this.#value(depth));
      this.#space();
    } while (this.#take(0x2c));
    if (!this.#take(0x5d)) this.#invalid();
    return items;
  }

  #string(): string {
    const text = this.#text;
    let value = '';
    let from = ++this.#position;
    for (let index = from; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === 0x22) {
        this.#position = index + 1;
        return from === index ? value : value + text.slice(from, index);
      }
      if (code < 0x20) break;
      if (code !== 0x5c) continue;
      this.#hold(escapeCells);
      value += text.slice(from, index);
      this.#position = index;
      value += this.#escape();
      from = this.#position;
      index = from - 1;
    }
    return this.#invalid();
  }

  #escape(): string {
    const kind = this.#text[this.#position + 1] ?? '';
    const simple = escapes[kind];
    if (simple !== undefined) {
      this.#position += 2;
      return simple;
    }
    const digits = this.#text.substr(this.#position + 2, 4);
    if (kind !== 'u' || !/^[0-9A-Fa-f]{4}$/.test(digits)) this.#invalid();
    this.#position += 6;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): number | bigint {
    const short = this.#shortNumber();
    if (short !== undefined) return short;
    number.lastIndex = this.#position;
    const match = number.exec(this.#text);
    if (match === null) return this.#invalid();
    this.#position += match[0].length;
    return numberOf(match, this.#budget);
  }

  /** The common case: an integer of few digits; undefined for other numbers. */
  #shortNumber(): number | undefined {
    const text = this.#text;
    const start = this.#position;
    let value = 0;
    for (let index = start; index < start + exactDigits; index++) {
      const code = text.charCodeAt(index);
      if (code >= 0x30 && code <= 0x39) {
        if (value === 0 && index > start) return undefined;
        value = value * 10 + code - 0x30;
      } else if (index === start || code === 0x2e || code === 0x65 || code === 0x45) return undefined;
      else {
        this.#position = index;
        return value;
      }
    }
    return undefined;
  }

  #word<Value>(word: string, value: Value): Value {
    if (!this.#text.startsWith(word, this.#position)) this.#invalid();
    this.#position += word.length;
    return value;
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#position) !== code) return false;
    this.#position++;
    return true;
  }

  #space(): void {
    for (; ; this.#position++) {
      const code = this.#text.charCodeAt(this.#position);
      if (code > 0x20) return;
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
  }

  #invalid(): never {
    const end = this.#position >= this.#text.length;
    return fail(
      'json-invalid',
      `the text is not JSON: ${end ? 'it ends early' : `see character ${this.#position + 1}`}`,
    );
  }
}

function tooDeep(): never {
  return fail('json-depth', `the JSON nests deeper than ${limits.jsonDepth} levels`);
}

function numberOf(match: RegExpExecArray, budget: Budget): number | bigint {
  const [text, fraction, exponent] = match;
  const isPlain = fraction === undefined && exponent === undefined;
  if (isPlain && text.length <= exactDigits) return Number(text) + 0;
  budget.charge(numberWork + text.length);
  if (isPlain && text.length <= wholeDigits) return wholeNumber(BigInt(text));
  const value = Number(text);
  // A double with a fraction was written as a fraction.
  if (Number.isFinite(value) && !Number.isInteger(value)) return value;
  const whole = wholeOf(text);
  if (whole !== undefined) return wholeNumber(whole);
  if (!Number.isFinite(value) || Number.isInteger(value))
    fail('json-number-range', 'a number would be rounded to an integer');
  return value;
}

/** The integer value of a decimal (`2.0`, `1e2`); undefined for a fraction. Beyond 64 bits: any integer beyond. */
function wholeOf(text: string): bigint | undefined {
  const negative = text.startsWith('-');
  const [mantissa = '', exponentText = '0'] = text
    .slice(negative ? 1 : 0)
    .toLowerCase()
    .split('e');
  const [units = '', fraction = ''] = mantissa.split('.');
  const all = units + fraction;
  let end = all.length;
  while (end > 0 && all[end - 1] === '0') end--;
  if (end === 0) return 0n;
  let start = 0;
  while (all[start] === '0') start++;
  const digits = all.slice(start, end);
  const scale = Number(exponentText) - fraction.length + (all.length - end);
  if (scale < 0) return undefined;
  const magnitude = digits.length + scale > 20 ? 2n ** 65n : BigInt(digits) * 10n ** BigInt(scale);
  return negative ? -magnitude : magnitude;
}
