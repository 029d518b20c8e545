/** Tracks in-flight requests: each has a signal that ends its waits, and a stop waits until all have ended, also those whose clients are gone. */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { serviceCodes } from '../codes.ts';
import { whenEnded } from './pipelining.ts';
import { type RequestRefused, refusalOf } from './refusal.ts';

const signals = new WeakMap<FastifyRequest, AbortSignal>();
const never = new AbortController().signal;

/**
 * Aborts when nobody waits for the answer of a request any more, or when the service ends it. Its reason is the refusal of the
 * request (`RequestRefused`). Never aborts outside of an operation.
 */
export function signalOf(request: FastifyRequest): AbortSignal {
  return signals.get(request) ?? never;
}

/** The refusal of a request whose client hung up: nobody gets this answer; log and audit record have it. */
export function clientGone(): RequestRefused {
  return refusalOf('request-aborted', 'request', serviceCodes['request-aborted'].meaning);
}

/** The requests that are at work. */
export class InFlightRequests {
  readonly #requests = new Map<Promise<unknown>, AbortController>();

  /** Counts a request in until its work is done. */
  async follow<Result>(request: FastifyRequest, reply: FastifyReply, work: () => Promise<Result>): Promise<Result> {
    const controller = new AbortController();
    signals.set(request, controller.signal);
    const onClose = (): void => {
      if (!reply.raw.writableFinished) controller.abort(clientGone());
    };
    whenEnded(reply.raw, onClose);
    const working = work();
    this.#requests.set(working, controller);
    try {
      return await working;
    } finally {
      this.#requests.delete(working);
    }
  }

  /** Ends the waits of all requests that are at work. */
  abort(reason: RequestRefused): void {
    for (const controller of this.#requests.values()) controller.abort(reason);
  }

  /** Resolves when nothing is at work, after `longestMs` in any case. */
  async settled(longestMs: number): Promise<void> {
    const patience = new AbortController();
    // Requests that were cut off while their bodies came are told so in this turn.
    const done = setImmediate().then(() => Promise.allSettled(this.#requests.keys()));
    await Promise.race([done, setTimeout(longestMs, undefined, { signal: patience.signal }).catch(() => {})]);
    patience.abort();
    await setImmediate();
  }
}
