/** The budget of one evaluation. It counts units of work, never seconds, so that verdicts are repeatable (policy language, section 11). */

import { limits } from './limits.ts';
import { fail } from './refusal.ts';

/** V8 does not hash longer strings: a hash table distinguishes those of equal length only by comparing them. */
const longestHashed = 16_383;

/** Units of work per cell, for allocating and freeing memory. */
const cellWork = 2;

/** Cells of a value, including its place in an array. */
export const valueCells = 1;
/** Cells of a new array without its items, and of a new object without its members. */
export const arrayCells = 6;
/** Cells that a new object takes besides its members. */
export const objectCells = 8;
/** Cells of an object member: its name and its place in the table. */
export const memberCells = 3;

/** The cost of an evaluation: always the same for the same policy and claims. */
export interface Spent {
  /** Units of work. */
  readonly work: number;
  /** UTF-16 units of all created strings. */
  readonly madeLength: number;
  /** The peak number of cells; see `limits.cells`. */
  readonly cells: number;
}

/** Counts the cost of one evaluation and refuses to continue when it exceeds the limits. */
export class Budget {
  readonly #allowedWork: number;
  readonly #allowedLength: number;
  readonly #allowedCells: number;
  #work: number;
  #madeLength: number;
  #held = 0;
  #mostHeld = 0;

  constructor(work: number = limits.work, madeLength: number = limits.madeLength, cells: number = limits.cells) {
    this.#allowedWork = work;
    this.#allowedLength = madeLength;
    this.#allowedCells = cells;
    this.#work = work;
    this.#madeLength = madeLength;
  }

  /** The remaining units of work. */
  get left(): number {
    return this.#work;
  }

  /** The remaining length of created strings, in UTF-16 units. */
  get lengthLeft(): number {
    return this.#madeLength;
  }

  /** The cells in use: a mark for {@link Budget.release}. */
  get held(): number {
    return this.#held;
  }

  /** The cost so far; the limit when the budget ended the evaluation. */
  get spent(): Spent {
    return {
      work: this.#allowedWork - Math.max(this.#work, 0),
      madeLength: this.#allowedLength - Math.max(this.#madeLength, 0),
      cells: Math.min(this.#mostHeld, this.#allowedCells),
    };
  }

  charge(units: number): void {
    this.#work -= units;
    if (this.#work < 0) fail('limit-work', 'the evaluation exceeds its limit of work');
  }

  /** Pays for visiting each character of a string, which costs far more than comparing or copying it. */
  chargeCharacters(count: number): void {
    this.charge(count >> 2);
  }

  /** Pays for looking up a string in a hash table. */
  chargeLookup(text: string, among: number): void {
    if (text.length > longestHashed) this.charge((text.length >> 10) * among);
  }

  /** Pays for a new string, before it is created. */
  chargeString(length: number): void {
    if (length > limits.valueLength) fail('limit-value', `a string is longer than ${limits.valueLength} characters`);
    this.charge(1 + (length >> 10));
    this.#madeLength -= length;
    if (this.#madeLength < 0) fail('limit-made', 'the evaluation exceeds its limit of created text');
  }

  /** Pays for memory, before it is allocated. */
  hold(cells: number): void {
    this.charge(cellWork * cells);
    this.#held += cells;
    if (this.#held > this.#mostHeld) this.#mostHeld = this.#held;
    if (this.#held > this.#allowedCells) fail('limit-memory', 'the evaluation exceeds its limit of JSON in memory');
  }

  /** Pays for a new array of existing items. */
  holdArray(length: number): void {
    this.hold(arrayCells + length);
  }

  /** Pays for a new object of members with existing values. */
  holdObject(size: number): void {
    this.hold(objectCells + memberCells * size);
  }

  /**
   * Of what was held since the mark, no more than so many cells are reachable still; the work for the others stays paid. Answers whether
   * these may be kept: half of what is allowed remains for what must be built.
   */
  release(mark: number, kept: number): boolean {
    const held = Math.min(this.#held, mark + kept);
    const isKept = held <= this.#allowedCells / 2;
    this.#held = isKept ? held : mark;
    return isKept;
  }
}
