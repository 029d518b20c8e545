/** Reads a JSON object member by member: a member that is absent, or of another type or form than asked for, is refused. */
import { decodeBase64 } from '../bytes/base64.ts';
import { decodeUtf8 } from '../bytes/utf8.ts';
import { refuse } from '../outcome.ts';
import { readJson } from './read.ts';
import { isJsonObject, type JsonValue } from './value.ts';

/** One JSON object, with its path in the document and the code of its refusals. All methods but `has`, `names` and `value` throw `Refused`. */
export class JsonMembers {
  readonly #members: ReadonlyMap<string, JsonValue>;
  readonly #code: string;
  /** The path of the object, such as `tcb_info.tcbLevels[0]`. */
  readonly path: string;

  /** Throws `Refused` when the value is not an object. */
  constructor(value: JsonValue | undefined, path: string, code: string) {
    if (!isJsonObject(value)) refuse(code, path, 'it must be a JSON object');
    this.#members = new Map(Object.entries(value));
    this.#code = code;
    this.path = path;
  }

  /** Parses UTF-8 bytes with {@link readJson}. Throws `Refused` when they do not hold one JSON object. */
  static parse(bytes: Uint8Array, path: string, code: string): JsonMembers {
    const reading = readJson(bytes);
    if (!reading.ok) return refuse(code, path, `the JSON cannot be read: ${reading.fault.why}`);
    return new JsonMembers(reading.value, path, code);
  }

  /** Whether the object has the member. */
  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** The names of all members, in the order of the document. */
  names(): string[] {
    return [...this.#members.keys()];
  }

  /** The value as parsed; undefined when the member is absent. */
  value(name: string): JsonValue | undefined {
    return this.#members.get(name);
  }

  /** A string. */
  string(name: string): string {
    const value = this.#members.get(name);
    return typeof value === 'string' ? value : this.#refuse(name, 'it must be a string');
  }

  /** An integer from 0 to `maximum`. */
  integer(name: string, maximum: number): number {
    const value = this.#members.get(name);
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maximum) return value;
    return this.#refuse(name, `it must be an integer from 0 to ${maximum}`);
  }

  /** Hex of exactly `sizeBytes` bytes, in either case; lower case is returned. */
  hex(name: string, sizeBytes: number): string {
    const text = this.string(name).toLowerCase();
    if (text.length === sizeBytes * 2 && /^[0-9a-f]*$/.test(text)) return text;
    return this.#refuse(name, `it must be ${sizeBytes} bytes in hex`);
  }

  /** Base64 or base64url, with or without padding, white space around it allowed. */
  bytes(name: string): Uint8Array {
    return decodeBase64(this.string(name).trim()) ?? this.#refuse(name, 'it must be base64');
  }

  /** UTF-8 text, encoded as {@link bytes}. */
  text(name: string): string {
    return decodeUtf8(this.bytes(name)) ?? this.#refuse(name, 'it must be UTF-8 text in base64');
  }

  /** A time in the form 2025-01-31T12:00:00Z; milliseconds since 1970. */
  time(name: string): number {
    const text = this.string(name);
    const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(milliseconds)
      ? this.#refuse(name, 'it must be a time like 2025-01-31T12:00:00Z')
      : milliseconds;
  }

  /** An object. */
  object(name: string): JsonMembers {
    return new JsonMembers(this.#members.get(name), this.#where(name), this.#code);
  }

  /** An array of at most `maximum` objects. */
  objects(name: string, maximum: number): JsonMembers[] {
    return this.array(name, maximum).map(
      (value, index) => new JsonMembers(value, `${this.#where(name)}[${index}]`, this.#code),
    );
  }

  /** An array of at most `maximum` strings. */
  strings(name: string, maximum: number): string[] {
    return this.array(name, maximum).map((value) =>
      typeof value === 'string' ? value : this.#refuse(name, 'its items must be strings'),
    );
  }

  /** An array of at most `maximum` items. */
  array(name: string, maximum: number): readonly JsonValue[] {
    const value: unknown = this.#members.get(name);
    if (Array.isArray(value) && value.length <= maximum) return value;
    return this.#refuse(name, `it must be an array of at most ${maximum} items`);
  }

  #where(name: string): string {
    return `${this.path}.${name}`;
  }

  #refuse(name: string, why: string): never {
    return refuse(this.#code, this.#where(name), why);
  }
}
