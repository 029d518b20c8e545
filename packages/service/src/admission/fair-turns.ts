/**
 * Starts the work of waiting requests round-robin by owner: a request waits for at most one request of each other owner. After a millisecond of
 * work the event loop gets its turn.
 */
import { nextTick } from 'node:process';
import { setImmediate } from 'node:timers';

/** How long the requests that wait may work before the event loop turns. */
const shareMs = 1;

/** The turns of one service. */
export class FairTurns {
  /** The waiting requests by owner; the next owner comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #nowMs: () => number;
  #isTaken = false;

  /** @param nowMs a monotonic clock in milliseconds */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Resolves when it is the request's turn. */
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

  /** Gives turns, one after the other, until {@link shareMs} have gone by: cheap ones must not cost a turn of the event loop each. */
  #next(since = this.#nowMs()): void {
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
    turn?.();
    // The work that the turn began runs in microtasks: this comes after them.
    queueMicrotask(() => nextTick(() => this.#continue(since)));
  }

  #continue(since: number): void {
    if (this.#nowMs() - since < shareMs) this.#next(since);
    else setImmediate(() => this.#next());
  }
}
