/** Repeats requests that failed for a passing reason, with pauses that grow. */
import { type HttpResponse, singleHeader } from './client.ts';
import { HttpFailure } from './failure.ts';
import { systemTiming, type Timing } from './timing.ts';

/** When a request is repeated, and how often. */
export interface RetryPolicy {
  /** Further attempts after the first. */
  readonly retries: number;
  /** Pauses double from this one; each is drawn at random between half of it and the whole. */
  readonly firstPauseMs: number;
  /** Bounds the growth. A server that asks for more with `Retry-After` is not asked again. Default: unbounded. */
  readonly longestPauseMs?: number;
  /** For all attempts and pauses together. Default: unbounded. */
  readonly timeoutMs?: number;
  /** Whether another attempt is safe and may help. */
  readonly isTransient: (outcome: HttpResponse | HttpFailure) => boolean;
  /** Default: {@link systemTiming}. */
  readonly timing?: Timing;
}

/** Milliseconds of a `Retry-After` header: seconds, or a date (RFC 9110, section 10.2.3). */
export function retryAfterMs(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,8}$/.test(value)) return Number(value) * 1000;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now.getTime());
}

/**
 * Sends a request until its outcome is not transient or the policy ends the attempts; gives the last response, whatever its status.
 * Throws the last {@link HttpFailure}, `timed-out` after the policy's time-out, or `cancelled` when the signal aborts.
 */
export async function withRetry(
  send: (signal: AbortSignal) => Promise<HttpResponse>,
  policy: RetryPolicy,
  cancel?: AbortSignal,
): Promise<HttpResponse> {
  const { timeoutMs, timing = systemTiming } = policy;
  const timer = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)];
  const deadline = performance.now() + (timeoutMs ?? Number.POSITIVE_INFINITY);
  const signal = AbortSignal.any([...timer, ...(cancel === undefined ? [] : [cancel])]);
  try {
    for (let made = 0; ; made += 1) {
      const outcome = await settle(send(signal));
      const pauseMs = made < policy.retries ? pauseBefore(outcome, policy, made) : undefined;
      if (pauseMs === undefined || performance.now() + pauseMs >= deadline) return unwrap(outcome);
      await timing.sleep(pauseMs, signal);
    }
  } catch (error) {
    if (cancel?.aborted === true) throw new HttpFailure('cancelled', 'the caller cancelled the request');
    if (!signal.aborted) throw error;
    throw new HttpFailure('timed-out', `no complete response within ${timeoutMs} milliseconds`);
  }
}

async function settle(response: Promise<HttpResponse>): Promise<HttpResponse | HttpFailure> {
  try {
    return await response;
  } catch (error) {
    if (error instanceof HttpFailure) return error;
    throw error;
  }
}

function unwrap(outcome: HttpResponse | HttpFailure): HttpResponse {
  if (outcome instanceof HttpFailure) throw outcome;
  return outcome;
}

/** Milliseconds to wait before the next attempt; undefined when there must be none. */
function pauseBefore(outcome: HttpResponse | HttpFailure, policy: RetryPolicy, made: number): number | undefined {
  const { firstPauseMs, longestPauseMs = Number.POSITIVE_INFINITY, isTransient, timing = systemTiming } = policy;
  if (!isTransient(outcome)) return undefined;
  const wanted =
    outcome instanceof HttpFailure ? undefined : retryAfterMs(singleHeader(outcome, 'retry-after'), timing.clock());
  const step = Math.min(firstPauseMs * 2 ** made, longestPauseMs);
  const pauseMs = Math.max(wanted ?? 0, step * (0.5 + timing.random() / 2));
  return pauseMs > longestPauseMs ? undefined : pauseMs;
}
