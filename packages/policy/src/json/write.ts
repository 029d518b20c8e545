/** Writes JSON text: compact, member order kept, numbers as ECMAScript prints them, large integers as digits. */
import { limits } from '../limits.ts';
import { fail } from '../outcome.ts';
import type { JsonValue } from './value.ts';

/** What pays for a node that is written. */
export type Charge = (units: number) => void;

/** The compact text of a value. Fails when it would be longer than a claim's value may be, or nests too deep. */
export function writeJson(value: JsonValue, charge: Charge): string {
  return new JsonWriter(charge).write(value);
}

class JsonWriter {
  readonly #charge: Charge;
  #text = '';

  constructor(charge: Charge) {
    this.#charge = charge;
  }

  write(value: JsonValue): string {
    this.#value(value, 0);
    return this.#text;
  }

  #value(value: JsonValue, depth: number): void {
    this.#charge(1);
    if (typeof value === 'string') this.#add(this.#quote(value));
    else if (value === null || typeof value !== 'object') this.#add(String(value));
    else if (depth >= limits.jsonDepth) fail('json-depth', `the JSON nests deeper than ${limits.jsonDepth} levels`);
    else if (Array.isArray(value)) this.#array(value, depth + 1);
    else this.#object(value, depth + 1);
  }

  #array(items: readonly JsonValue[], depth: number): void {
    let separator = '[';
    for (const item of items) {
      this.#add(separator);
      this.#value(item, depth);
      separator = ',';
    }
    this.#add(items.length === 0 ? '[]' : ']');
  }

  #object(members: ReadonlyMap<string, JsonValue>, depth: number): void {
    let separator = '{';
    for (const [name, value] of members) {
      this.#add(`${separator}${this.#quote(name)}:`);
      this.#value(value, depth);
      separator = ',';
    }
    this.#add(members.size === 0 ? '{}' : '}');
  }

  #quote(text: string): string {
    this.#charge(text.length >> 10);
    return JSON.stringify(text);
  }

  #add(text: string): void {
    this.#text += text;
    if (this.#text.length > limits.valueLength)
      fail('limit-value', `the answer is longer than ${limits.valueLength} characters`);
  }
}
