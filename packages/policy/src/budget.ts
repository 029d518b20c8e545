/** What an evaluation may still cost. Units are counted, never seconds, so that a verdict is repeatable (policy language, section 11). */
import { limits } from './limits.ts';
import { fail } from './outcome.ts';

/** V8 hashes no longer texts: a hash table tells those of one length apart only by comparing them. */
const longestHashed = 16_383;

export class Budget {
  #left: number;
  #lengthLeft: number;

  constructor(work: number = limits.work, madeLength: number = limits.madeLength) {
    this.#left = work;
    this.#lengthLeft = madeLength;
  }

  /** The units that are left. */
  get left(): number {
    return this.#left;
  }

  /** The length of strings that may still be made. */
  get lengthLeft(): number {
    return this.#lengthLeft;
  }

  charge(units: number): void {
    this.#left -= units;
    if (this.#left < 0) fail('limit-work', 'the evaluation needs more work than is allowed');
  }

  /** Pays for looking at each character of a text, which costs far more than comparing or copying it. */
  chargeCharacters(count: number): void {
    this.charge(count >> 4);
  }

  /** Pays for finding a text among others in a hash table. */
  chargeLookup(text: string, among: number): void {
    if (text.length > longestHashed) this.charge((text.length >> 10) * among);
  }

  /** Pays for a string that an evaluation makes, before it is made. */
  chargeString(length: number): void {
    if (length > limits.valueLength) fail('limit-value', `a string is longer than ${limits.valueLength} characters`);
    this.charge(1 + (length >> 10));
    this.#lengthLeft -= length;
    if (this.#lengthLeft < 0) fail('limit-made', 'the evaluation makes more text than is allowed');
  }
}
