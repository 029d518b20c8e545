/** Stops a server in the order that load balancers and clients need. */
import { setTimeout as late } from 'node:timers/promises';
import type { InFlightRequests } from './in-flight.ts';
import type { OpenConnections } from './open-connections.ts';
import { type RequestRefused, refusalOf } from './refusal.ts';

/** A running server. */
export interface Closable {
  /** Closes the listener; resolves when no connection is left. */
  readonly app: { close(): Promise<unknown> };
  readonly connections: OpenConnections;
  readonly inFlight: InFlightRequests;
}

/** How long each phase may last, in milliseconds. */
export interface ClosePhases {
  /** How long it goes on answering, while `/readyz` says 503 and every answer ends its connection. */
  readonly delayMs: number;
  /** How long requests in flight may last after that. */
  readonly graceMs: number;
}

/**
 * Goes on for `delayMs`; closes the listener and idle connections; after `graceMs` ends the waits of the requests that are left, which have
 * as long again to answer and to write their audit entries. The caller makes `/readyz` say 503 first.
 */
export async function closeServer(
  { app, connections, inFlight }: Closable,
  { delayMs, graceMs }: ClosePhases,
): Promise<void> {
  if (delayMs > 0) await pause(delayMs);
  const closed = app.close();
  connections.closeIdle();
  const lastMs = Math.max(graceMs, leastAnswerMs);
  const isClosed = await within(closed, graceMs);
  if (!isClosed) {
    inFlight.abort(stopped());
    connections.cutReceiving();
    await within(closed, lastMs);
  }
  connections.cutAll();
  await inFlight.settled(lastMs);
  await closed;
}

/** Even with the shortest grace, those whose waits were ended have this long to answer. */
const leastAnswerMs = 1000;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Whether work ended within a time. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const ended = new AbortController();
  try {
    const isLate = late(ms, false, { signal: ended.signal }).catch(() => false);
    return await Promise.race([work.then(() => true), isLate]);
  } finally {
    ended.abort();
  }
}

function stopped(): RequestRefused {
  const why = 'it is stopping; send the request again, to another instance or when this one is back';
  return refusalOf('not-ready', 'service', why);
}
