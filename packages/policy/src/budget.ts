/** What an evaluation may still cost. Units are counted, never seconds, so that a verdict is repeatable (policy language, section 11). */

import { limits } from './limits.ts';
import { fail } from './refusal.ts';

/** V8 hashes no longer texts: a hash table tells those of one length apart only by comparing them. */
const longestHashed = 16_383;

/** Units of work of a cell: taking memory, and giving it back. */
const cellWork = 2;

/** Cells of each value itself, its place in an array included. */
export const valueCells = 1;
/** Cells that a new array takes besides its items, and a new object besides its members. */
export const arrayCells = 6;
/** Cells that a new object takes besides its members. */
export const objectCells = 8;
/** Cells of a member of an object: its name, and its place in the table. */
export const memberCells = 3;

/** What was spent: always the same for the same policy and claims. */
export interface Spent {
  /** Units of work. */
  readonly work: number;
  /** UTF-16 units of the strings that were made. */
  readonly madeLength: number;
  /** The most cells that were held at once; see `limits.cells`. */
  readonly cells: number;
}

/** Counts what one evaluation spends, and ends it when that is too much. */
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

  /** The units of work that are left. */
  get left(): number {
    return this.#work;
  }

  /** The length of strings that may still be made. */
  get lengthLeft(): number {
    return this.#madeLength;
  }

  /** The cells that are held now: a mark for {@link Budget.release}. */
  get held(): number {
    return this.#held;
  }

  /** What was spent so far. Where the budget ended the evaluation, all that was allowed. */
  get spent(): Spent {
    return {
      work: this.#allowedWork - Math.max(this.#work, 0),
      madeLength: this.#allowedLength - Math.max(this.#madeLength, 0),
      cells: Math.min(this.#mostHeld, this.#allowedCells),
    };
  }

  charge(units: number): void {
    this.#work -= units;
    if (this.#work < 0) fail('limit-work', 'the evaluation needs more work than is allowed');
  }

  /** Pays for looking at each character of a text, which costs far more than comparing or copying it. */
  chargeCharacters(count: number): void {
    this.charge(count >> 2);
  }

  /** Pays for finding a text among others in a hash table. */
  chargeLookup(text: string, among: number): void {
    if (text.length > longestHashed) this.charge((text.length >> 10) * among);
  }

  /** Pays for a string that an evaluation makes, before it is made. */
  chargeString(length: number): void {
    if (length > limits.valueLength) fail('limit-value', `a string is longer than ${limits.valueLength} characters`);
    this.charge(1 + (length >> 10));
    this.#madeLength -= length;
    if (this.#madeLength < 0) fail('limit-made', 'the evaluation makes more text than is allowed');
  }

  /** Pays for memory, before it is taken. */
  hold(cells: number): void {
    this.charge(cellWork * cells);
    this.#held += cells;
    if (this.#held > this.#mostHeld) this.#mostHeld = this.#held;
    if (this.#held > this.#allowedCells) fail('limit-memory', 'the evaluation holds more JSON than is allowed');
  }

  /** Pays for an array of so many items that exist already. */
  holdArray(length: number): void {
    this.hold(arrayCells + length);
  }

  /** Pays for an object of so many members whose values exist already. */
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
