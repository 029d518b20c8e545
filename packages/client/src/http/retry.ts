/**
 * When is a call made again? Reading is always safe to repeat. A call that makes something is repeated only when the server
 * cannot have acted on it: the connection was never made, or the server itself answered that it did not serve (429, 503).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientError } from '../error.ts';
import { ConnectionError } from './failure.ts';
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts';

/** How patient a caller is. */
export interface Patience {
  /** For the whole call, all attempts and pauses included. */
  readonly timeoutMilliseconds: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Ends the call early. */
  readonly signal?: AbortSignal | undefined;
}

/** Pauses; tests put in one that does not. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

const pauseByTimer: Pause = (milliseconds, signal) => sleep(milliseconds, undefined, { signal });
const firstPauseMs = 250;
const notServed = new Set([429, 503]);
const passing = new Set([429, 502, 503, 504]);

/** Sends a request, again where that is safe. Throws {@link ClientError}. */
export async function sendPatiently(
  transport: Transport,
  request: HttpRequest,
  patience: Patience,
  pause: Pause = pauseByTimer,
): Promise<HttpAnswer> {
  const { timeoutMilliseconds, retries, signal: callers } = patience;
  const deadline = performance.now() + timeoutMilliseconds;
  const timer = AbortSignal.timeout(timeoutMilliseconds);
  const signal = callers === undefined ? timer : AbortSignal.any([timer, callers]);
  try {
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await attemptOnce(transport, request, signal);
      const wait = attempt < retries ? pauseBefore(outcome, request.method, attempt) : undefined;
      if (wait === undefined || performance.now() + wait >= deadline) return settled(outcome);
      await pause(wait, signal);
    }
  } catch (error) {
    if (!signal.aborted || error instanceof ClientError) throw error;
    throw callers?.aborted === true
      ? new ClientError('cancelled', request.url, 'the caller cancelled the call')
      : new ClientError('connection-timeout', request.url, `no answer within ${timeoutMilliseconds} milliseconds`);
  }
}

type Attempt = HttpAnswer | ConnectionError;

async function attemptOnce(transport: Transport, request: HttpRequest, signal: AbortSignal): Promise<Attempt> {
  try {
    return await transport.send(request, signal);
  } catch (error) {
    if (error instanceof ConnectionError) return error;
    throw error;
  }
}

function settled(outcome: Attempt): HttpAnswer {
  if (outcome instanceof ConnectionError) throw outcome;
  return outcome;
}

/** Milliseconds to wait before the next attempt; undefined when there must be none. */
function pauseBefore(outcome: Attempt, method: HttpRequest['method'], attempt: number): number | undefined {
  const usual = firstPauseMs * 2 ** attempt * (0.75 + Math.random() / 2);
  if (outcome instanceof ConnectionError) return method === 'GET' || !outcome.mayHaveArrived ? usual : undefined;
  if (!(method === 'GET' ? passing : notServed).has(outcome.status)) return undefined;
  return retryAfter(outcome.headers['retry-after']) ?? usual;
}

/** `Retry-After` in seconds; its form as a date is not used by this protocol and counts as absent. */
function retryAfter(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
}
