/**
 * Lets requests begin their work one in each turn of the event loop, owner after owner: whoever sends one request waits for one of every other
 * owner's at most, however many of them are there.
 */
import { setImmediate } from 'node:timers';

/** The turns of one service. */
export class FairTurns {
  /** Those that wait, by owner; the owner whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #isTaken = false;

  /** Resolves when it is the request's turn: at once when nobody had this one. */
  take(owner: string): Promise<void> {
    if (!this.#isTaken) {
      this.#isTaken = true;
      setImmediate(() => this.#next());
      return Promise.resolve();
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const line = this.#waiting.get(owner);
    if (line === undefined) this.#waiting.set(owner, [resolve]);
    else line.push(resolve);
    return promise;
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) {
      this.#isTaken = false;
      return;
    }
    const [owner, line] = first;
    const turn = line.shift();
    // A map keeps the order of insertion: the owner goes to the end.
    this.#waiting.delete(owner);
    if (line.length > 0) this.#waiting.set(owner, line);
    setImmediate(() => this.#next());
    turn?.();
  }
}
