/**
 * Reads JSON (RFC 8259) strictly. Text that two readers could understand differently is refused: a repeated name, a number that a double
 * would round, half of a surrogate pair (section 8.2), the name `__proto__`. Nesting and the length of numbers are bounded.
 */
import { decodeUtf8 } from '../bytes/utf8.ts';
import { exactNumber } from './number.ts';
import type { JsonValue } from './value.ts';

/** The kinds of faults in JSON text. */
export type JsonFaultKind =
  /** The bytes are not UTF-8. */
  | 'encoding'
  /** The text is not JSON. */
  | 'syntax'
  /** It nests deeper than allowed. */
  | 'depth'
  /** An object has two members of one name. */
  | 'name-repeated'
  /** A member is named `__proto__`. */
  | 'name-forbidden'
  /** A string has half of a surrogate pair, which readers replace by different characters. */
  | 'string-unpaired'
  /** A number has more than 400 characters. */
  | 'number-length'
  /** A number cannot be held exactly: it has more digits than a double keeps, or exceeds all doubles. */
  | 'number-inexact';

/** Where and why JSON text is refused. */
export interface JsonFault {
  readonly kind: JsonFaultKind;
  /** Offset in UTF-16 units. */
  readonly at: number;
  /** One sentence; never quotes the text. */
  readonly why: string;
}

/** The value, or the first fault. */
export type JsonReading =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly fault: JsonFault };

/** Bounds of a reading. */
export interface JsonLimits {
  /** Levels of objects and arrays. Default 64. */
  readonly maxDepth?: number;
}

/** The largest double has fewer digits; parsing a big integer takes more than linear time. */
const longestNumber = 400;

/**
 * Reads JSON text. Refuses anything after the value, and a byte order mark before it.
 *
 * @example
 * const reading = readJson(new TextEncoder().encode('{"svn": 9007199254740993}'));
 * if (reading.ok) console.log(reading.value); // { svn: 9007199254740993n }
 */
export function readJson(source: string | Uint8Array, { maxDepth = 64 }: JsonLimits = {}): JsonReading {
  const text = typeof source === 'string' ? source : decodeUtf8(source);
  if (text === undefined) return { ok: false, fault: { kind: 'encoding', at: 0, why: 'it is not UTF-8' } };
  try {
    return { ok: true, value: new JsonReader(text, maxDepth).whole() };
  } catch (error) {
    if (error instanceof Faulty) return { ok: false, fault: error.fault };
    throw error;
  }
}

class Faulty extends Error {
  readonly fault: JsonFault;

  constructor(fault: JsonFault) {
    super(fault.why);
    this.fault = fault;
  }
}

class JsonReader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  whole(): JsonValue {
    const value = this.#value(0);
    this.#space();
    return this.#at === this.#text.length ? value : this.#malformed();
  }

  /** Reads a value and the white space before it. @param depth number of enclosing levels */
  #value(depth: number): JsonValue {
    this.#space();
    const character = this.#text.charAt(this.#at);
    if (character === '"') return this.#string();
    if (character === '{') return this.#object(depth + 1);
    if (character === '[') return this.#array(depth + 1);
    if (character === '-' || (character >= '0' && character <= '9')) return this.#number();
    const word = this.#match(/true|false|null/y) ?? this.#malformed();
    return word === 'null' ? null : word === 'true';
  }

  #object(depth: number): JsonValue {
    this.#enter(depth);
    const members = new Map<string, JsonValue>();
    if (this.#take('}')) return {};
    do {
      this.#space();
      const at = this.#at;
      const name = this.#string();
      if (name === '__proto__') this.#fault('name-forbidden', at, 'it has a member named __proto__');
      if (members.has(name)) this.#fault('name-repeated', at, 'an object in it has two members of one name');
      if (!this.#take(':')) this.#malformed();
      members.set(name, this.#value(depth));
    } while (this.#take(','));
    return this.#take('}') ? Object.fromEntries(members) : this.#malformed();
  }

  #array(depth: number): JsonValue {
    this.#enter(depth);
    const items: JsonValue[] = [];
    if (this.#take(']')) return items;
    do items.push(this.#value(depth));
    while (this.#take(','));
    return this.#take(']') ? items : this.#malformed();
  }

  #enter(depth: number): void {
    if (depth > this.#maxDepth) {
      this.#fault('depth', this.#at, `it is nested more than ${this.#maxDepth} levels deep`);
    }
    this.#at++;
  }

  /** Finds the closing quote; `JSON.parse` reads the string itself. */
  #string(): string {
    const start = this.#at;
    if (this.#text.charAt(start) !== '"') return this.#malformed();
    let end = start;
    do {
      end = this.#text.indexOf('"', end + 1);
      if (end === -1) return this.#malformed();
    } while (this.#isEscaped(end));
    this.#at = end + 1;
    const value = this.#unquoted(start, end + 1);
    return value.isWellFormed()
      ? value
      : this.#fault('string-unpaired', start, 'it has a string with half of a surrogate pair');
  }

  #unquoted(start: number, end: number): string {
    try {
      return JSON.parse(this.#text.slice(start, end));
    } catch {
      return this.#fault('syntax', start, 'it is not JSON');
    }
  }

  /** Whether an odd number of backslashes precedes an offset. */
  #isEscaped(at: number): boolean {
    let first = at;
    while (this.#text.charAt(first - 1) === '\\') first--;
    return (at - first) % 2 === 1;
  }

  #number(): number | bigint {
    const start = this.#at;
    const text = this.#match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y) ?? this.#malformed();
    if (text.length > longestNumber) {
      this.#fault('number-length', start, `it has a number of more than ${longestNumber} characters`);
    }
    return exactNumber(text) ?? this.#fault('number-inexact', start, 'it has a number that would have to be rounded');
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** Skips white space, then the character if it comes next. */
  #take(character: string): boolean {
    this.#space();
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at++;
    return true;
  }

  #space(): void {
    for (let character = this.#text.charCodeAt(this.#at); isSpace(character); ) {
      character = this.#text.charCodeAt(++this.#at);
    }
  }

  #malformed(): never {
    return this.#fault('syntax', this.#at, 'it is not JSON');
  }

  #fault(kind: JsonFaultKind, at: number, why: string): never {
    throw new Faulty({ kind, at, why });
  }
}

function isSpace(character: number): boolean {
  return character === 0x20 || character === 0x0a || character === 0x0d || character === 0x09;
}
