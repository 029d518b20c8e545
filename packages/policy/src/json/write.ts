/** Writes compact JSON text: member order kept, numbers as ECMAScript prints them, large integers as digits. */

import { arrayCells, type Budget, memberCells, objectCells, valueCells } from '../budget.ts';
import { limits } from '../limits.ts';
import { fail } from '../refusal.ts';
import type { JsonValue } from './value.ts';

/**
 * The compact text of a value. The budget pays for each node, each character and the result. Refuses a result that is longer than a claim's
 * value may be, or nests too deep.
 */
export function writeJson(value: JsonValue, budget: Budget): string {
  return writeMeasured(value, budget).text;
}

/** The text of a value, and the value's cells. */
export interface Measured {
  readonly text: string;
  readonly cells: number;
}

/** As {@link writeJson}, with the size of the value. */
export function writeMeasured(value: JsonValue, budget: Budget): Measured {
  const measured = new JsonWriter(budget).write(value);
  budget.chargeString(measured.text.length);
  return measured;
}

class JsonWriter {
  readonly #budget: Budget;
  #text = '';
  #cells = 0;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  write(value: JsonValue): Measured {
    this.#value(value, 0);
    return { text: this.#text, cells: this.#cells };
  }

  #value(value: JsonValue, depth: number): void {
    this.#budget.charge(2);
    this.#cells += valueCells;
    if (typeof value === 'string') this.#add(this.#quote(value));
    else if (value === null || typeof value !== 'object') this.#add(String(value));
    else if (depth >= limits.jsonDepth) fail('json-depth', `the JSON nests deeper than ${limits.jsonDepth} levels`);
    else if (Array.isArray(value)) this.#array(value, depth + 1);
    else this.#object(value, depth + 1);
  }

  #array(items: readonly JsonValue[], depth: number): void {
    this.#cells += arrayCells;
    let separator = '[';
    for (const item of items) {
      this.#add(separator);
      this.#value(item, depth);
      separator = ',';
    }
    this.#add(items.length === 0 ? '[]' : ']');
  }

  #object(members: ReadonlyMap<string, JsonValue>, depth: number): void {
    this.#cells += objectCells + memberCells * members.size;
    let separator = '{';
    for (const [name, value] of members) {
      this.#add(`${separator}${this.#quote(name)}:`);
      this.#value(value, depth);
      separator = ',';
    }
    this.#add(members.size === 0 ? '{}' : '}');
  }

  #quote(text: string): string {
    this.#budget.charge(text.length >> 4);
    return JSON.stringify(text);
  }

  #add(text: string): void {
    this.#text += text;
    if (this.#text.length > limits.valueLength)
      fail('limit-value', `the JSON text is longer than ${limits.valueLength} characters`);
  }
}
