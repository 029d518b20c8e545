/** One piece of work at a time for each key: whoever asks meanwhile shares it; when nobody waits any more it is broken off. */
import { endorsementRefused } from './refusal.ts';

interface Flight<Result> {
  readonly result: Promise<Result>;
  readonly controller: AbortController;
  waiting: number;
}

/** Resolves to the result, or refuses when the signal aborts. */
function orCancelled<Result>(result: Promise<Result>, key: string, signal: AbortSignal | undefined): Promise<Result> {
  if (signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const cancel = (): void => reject(endorsementRefused('endorsements-cancelled', key, 'the caller gave up'));
    if (signal.aborted) return cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const settle = (): void => signal.removeEventListener('abort', cancel);
    result.then(resolve, reject).finally(settle);
  });
}

/** Work under way, by key. */
export class SingleFlight<Result> {
  readonly #flights = new Map<string, Flight<Result>>();

  /** Joins the work under way for a key, or starts it. `key` stands in refusals. */
  async run(
    key: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const flight = this.#flights.get(key) ?? this.#start(key, work);
    flight.waiting += 1;
    try {
      return await orCancelled(flight.result, key, signal);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        this.#forget(key, flight);
        flight.controller.abort();
      }
    }
  }

  /** Whether work for a key is under way. */
  has(key: string): boolean {
    return this.#flights.has(key);
  }

  #start(key: string, work: (signal: AbortSignal) => Promise<Result>): Flight<Result> {
    const controller = new AbortController();
    const flight: Flight<Result> = { result: work(controller.signal), controller, waiting: 0 };
    this.#flights.set(key, flight);
    const forget = (): void => this.#forget(key, flight);
    flight.result.then(forget, forget);
    return flight;
  }

  #forget(key: string, flight: Flight<Result>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
