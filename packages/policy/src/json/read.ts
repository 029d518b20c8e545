/** Reads JSON text (RFC 8259) exactly: no number is rounded to another whole number, nothing follows the value, depth is bounded. */
import { limits } from '../limits.ts';
import { fail } from '../outcome.ts';
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

/** Parses one JSON text. Of repeated members the last counts. Fails with `json-invalid`, `json-depth` or `json-number-range`. */
export function readJson(text: string): JsonValue {
  const reader = new JsonReader(text);
  return reader.whole();
}

/** The number that a text denotes, white space not allowed; undefined when it is no JSON number. */
export function readNumber(text: string): number | bigint | undefined {
  number.lastIndex = 0;
  const match = number.exec(text);
  return match === null || match[0].length !== text.length ? undefined : numberOf(match);
}

class JsonReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): JsonValue {
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#position < this.#text.length) this.#invalid();
    return value;
  }

  #value(depth: number): JsonValue {
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
      members.set(name, this.#value(depth));
      this.#space();
    } while (this.#take(0x2c));
    if (!this.#take(0x7d)) this.#invalid();
    return members;
  }

  #array(depth: number): JsonValue[] {
    if (depth > limits.jsonDepth) tooDeep();
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
    number.lastIndex = this.#position;
    const match = number.exec(this.#text);
    if (match === null) return this.#invalid();
    this.#position += match[0].length;
    return numberOf(match);
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

function numberOf(match: RegExpExecArray): number | bigint {
  const [text, fraction, exponent] = match;
  if (fraction === undefined && exponent === undefined && text.length <= 15) return Number(text) + 0;
  const whole = wholeOf(text);
  if (whole !== undefined) return wholeNumber(whole);
  const value = Number(text);
  if (!Number.isFinite(value) || Number.isInteger(value))
    fail('json-number-range', 'a number cannot be held without rounding it to a whole number');
  return value;
}

/** The whole number that a decimal denotes (`2.0`, `1e2`); undefined for a fraction. Beyond 64 bits: some number beyond. */
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
