/** Which requests are at work? A service that stops waits for them, also for those whose clients are gone: their entries are still to come. */
import { setImmediate, setTimeout } from 'node:timers/promises';

/** The requests that are at work. */
export class UnderWay {
  readonly #work = new Set<Promise<unknown>>();

  /** Counts a piece of work in until it is done. */
  async follow<Result>(work: Promise<Result>): Promise<Result> {
    this.#work.add(work);
    try {
      return await work;
    } finally {
      this.#work.delete(work);
    }
  }

  /** Resolves when nothing is at work, after `longestMs` in any case. */
  async settled(longestMs: number): Promise<void> {
    const patience = new AbortController();
    // Requests that were cut off while their bodies came are told so in this turn.
    const done = setImmediate().then(() => Promise.allSettled(this.#work));
    await Promise.race([done, setTimeout(longestMs, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    await setImmediate();
  }
}
