/** Reads Intel's signed JSON bodies member by member; whatever does not have the expected shape is refused. */
import { readJson, refuse } from '@atesto/core';

/** One object of a body, with the path to it for refusals. */
export class JsonObject {
  readonly #members: ReadonlyMap<string, unknown>;
  readonly path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      refuse('collateral-malformed', path, 'an object is needed');
    }
    this.#members = new Map(Object.entries(value));
    this.path = path;
  }

  /** Parses UTF-8 text that holds one object, in which no name occurs twice: readers differ in which of two they believe. */
  static parse(bytes: Uint8Array, path: string): JsonObject {
    const reading = readJson(bytes);
    if (!reading.ok) return refuse('collateral-malformed', path, `the body cannot be read: ${reading.fault.why}`);
    return new JsonObject(reading.value, path);
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  #refuse(name: string, need: string): never {
    refuse('collateral-malformed', `${this.path}.${name}`, need);
  }

  string(name: string): string {
    const value = this.#members.get(name);
    return typeof value === 'string' ? value : this.#refuse(name, 'a string is needed');
  }

  integer(name: string, maximum: number): number {
    const value = this.#members.get(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > maximum) {
      return this.#refuse(name, `an integer from 0 to ${maximum} is needed`);
    }
    return value;
  }

  /** Hex of an exact length, in either case (services differ); lower case is returned. */
  hex(name: string, sizeBytes: number): string {
    const text = this.string(name).toLowerCase();
    if (text.length !== sizeBytes * 2 || !/^[0-9a-f]*$/.test(text))
      this.#refuse(name, `${sizeBytes} bytes of hex are needed`);
    return text;
  }

  /** Time in the form 2025-01-31T12:00:00Z; milliseconds since 1970. */
  time(name: string): number {
    const text = this.string(name);
    const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(milliseconds) ? this.#refuse(name, 'a time like 2025-01-31T12:00:00Z is needed') : milliseconds;
  }

  object(name: string): JsonObject {
    return new JsonObject(this.#members.get(name), `${this.path}.${name}`);
  }

  objects(name: string, maximum: number): JsonObject[] {
    return this.#array(name, maximum).map((value, index) => new JsonObject(value, `${this.path}.${name}[${index}]`));
  }

  strings(name: string, maximum: number): string[] {
    return this.#array(name, maximum).map((value) =>
      typeof value === 'string' ? value : this.#refuse(name, 'strings are needed'),
    );
  }

  #array(name: string, maximum: number): unknown[] {
    const value = this.#members.get(name);
    if (!Array.isArray(value) || value.length > maximum)
      return this.#refuse(name, `an array of at most ${maximum} is needed`);
    return value;
  }
}
