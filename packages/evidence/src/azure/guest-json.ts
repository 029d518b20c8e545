/** Reads the JSON document of a guest member by member; whatever does not have the expected shape is refused. */
import { decodeBase64, decodeUtf8, readJson, refuse } from '@atesto/core';

function refuseMember(where: string, need: string): never {
  refuse('azure-guest-malformed', where, need);
}

/** One object of the document, with the path to it for refusals. */
export class GuestObject {
  readonly #members: ReadonlyMap<string, unknown>;
  readonly path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) refuseMember(path, 'an object is needed');
    this.#members = new Map(Object.entries(value ?? {}));
    this.path = path;
  }

  /** Parses UTF-8 text that holds one object. */
  static parse(bytes: Uint8Array, path: string): GuestObject {
    const reading = readJson(bytes);
    return reading.ok
      ? new GuestObject(reading.value, path)
      : refuseMember(path, `JSON is needed: ${reading.fault.why}`);
  }

  #where(name: string): string {
    return `${this.path}.${name}`;
  }

  names(): string[] {
    return [...this.#members.keys()];
  }

  value(name: string): unknown {
    return this.#members.get(name);
  }

  string(name: string): string {
    const value = this.#members.get(name);
    return typeof value === 'string' ? value : refuseMember(this.#where(name), 'a text is needed');
  }

  /** Clients differ from member to member in alphabet and padding. */
  bytes(name: string): Uint8Array {
    return decodeBase64(this.string(name).trim()) ?? refuseMember(this.#where(name), 'base64 is needed');
  }

  /** Text in UTF-8, as base64. */
  text(name: string): string {
    return decodeUtf8(this.bytes(name)) ?? refuseMember(this.#where(name), 'text in UTF-8 is needed');
  }

  /** A whole number, which one client writes as a text. */
  integer(name: string, maximum: number): number {
    return this.#integer(this.#members.get(name), name, maximum);
  }

  /** At most `most` whole numbers. */
  integers(name: string, most: number, maximum: number): number[] {
    return this.array(name, most).map((value) => this.#integer(value, name, maximum));
  }

  #integer(value: unknown, name: string, maximum: number): number {
    const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= maximum) return number;
    return refuseMember(this.#where(name), `a whole number from 0 to ${maximum} is needed`);
  }

  object(name: string): GuestObject {
    return new GuestObject(this.#members.get(name), this.#where(name));
  }

  array(name: string, maximum: number): unknown[] {
    const value = this.#members.get(name);
    if (Array.isArray(value) && value.length <= maximum) return value;
    return refuseMember(this.#where(name), `an array of at most ${maximum} is needed`);
  }
}
