/**
 * Sends requests to a service, with retry. Reading is always safe to repeat. A request that makes something is repeated only when the
 * server cannot have acted on it: the connection was never made, or the server answered that it did not serve (429, 503).
 */
import {
  type HttpClient,
  HttpFailure,
  type HttpRequest,
  type HttpResponse,
  systemTiming,
  type Timing,
  withRetry,
} from '@atesto/http-client';
import { answerOf, clientErrorOf, type HttpAnswer, isConnectionFailure } from './answer.ts';

/** Waits between attempts; tests put in one that does not wait. Rejects when the signal aborts. */
export type Pause = (seconds: number, signal: AbortSignal) => Promise<void>;

/** How long and how often a call is tried. */
export interface CallLimits {
  /** For the whole call, all attempts and pauses included. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retries: number;
  /** Default: a timer. */
  readonly pause?: Pause | undefined;
}

const firstPauseMs = 300;
const notServed: ReadonlySet<number> = new Set([429, 503]);
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Sends a request, again where that is safe. Throws `ClientError`. */
export async function sendWithRetry(
  client: HttpClient,
  request: HttpRequest,
  { timeoutMs, retries, pause }: CallLimits,
  cancel?: AbortSignal,
): Promise<HttpAnswer> {
  const isRead = request.method === 'GET';
  const isTransient = (outcome: HttpResponse | HttpFailure): boolean =>
    outcome instanceof HttpFailure
      ? isConnectionFailure(outcome) && (isRead || !outcome.mayHaveArrived)
      : (isRead ? passing : notServed).has(outcome.status);
  const timing: Timing =
    pause === undefined ? systemTiming : { ...systemTiming, sleep: (ms, signal) => pause(ms / 1000, signal) };
  const policy = { retries, firstPauseMs, timeoutMs, isTransient, timing };
  try {
    return answerOf(await withRetry((signal) => client.send(request, signal), policy, cancel), request.url);
  } catch (error) {
    throw clientErrorOf(error, request.url);
  }
}
