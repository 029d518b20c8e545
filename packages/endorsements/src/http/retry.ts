/** When is a request made again, and after how long? */
import { Refused } from '@atesto/core';
import { endorsementRefused, refuseEndorsements } from '../refusal.ts';
import { type HttpAnswer, withoutQuery } from './client.ts';
import type { Timing } from './timing.ts';

/** How stubborn a source is. */
export interface RetryOptions {
  /** Further attempts after the first. */
  readonly retries: number;
  /** Pauses grow from this one twofold; each is drawn at random between half of it and the whole. */
  readonly firstPauseMilliseconds: number;
  readonly longestPauseMilliseconds: number;
  readonly timing: Timing;
}

const retried: ReadonlySet<string> = new Set([
  'endorsements-unreachable',
  'endorsements-timed-out',
  'endorsements-truncated',
  'endorsements-throttled',
  'endorsements-server-error',
]);

/** Milliseconds of a `Retry-After` header: seconds, or a date (RFC 9110, section 10.2.3). */
export function retryAfterMilliseconds(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,8}$/.test(value)) return Number(value) * 1000;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now.getTime());
}

/** An answer that came but asks to try again, or the reason why none came. */
type Attempt =
  | { readonly kind: 'answer'; readonly answer: HttpAnswer }
  | { readonly kind: 'failure'; readonly failure: Refused; readonly wantedPause: number | undefined };

function failureOf(answer: HttpAnswer, where: string): Refused | undefined {
  const { status } = answer;
  if (status === 429) {
    return endorsementRefused('endorsements-throttled', where, 'the service asks for fewer requests (429)');
  }
  if (status < 500) return undefined;
  return endorsementRefused('endorsements-server-error', where, `the service reports a failure of its own (${status})`);
}

async function attempt(get: () => Promise<HttpAnswer>, where: string, timing: Timing): Promise<Attempt> {
  try {
    const answer = await get();
    const failure = failureOf(answer, where);
    if (failure === undefined) return { kind: 'answer', answer };
    return {
      kind: 'failure',
      failure,
      wantedPause: retryAfterMilliseconds(answer.header('retry-after'), timing.clock()),
    };
  } catch (error) {
    if (!(error instanceof Refused) || !retried.has(error.refusal.code)) throw error;
    return { kind: 'failure', failure: error, wantedPause: undefined };
  }
}

/**
 * Makes a request until it has an answer that is neither 429 nor 5xx. A service that wants a longer pause than the longest is left alone at once.
 * Refuses by throwing within this package.
 */
export async function getPatiently(
  get: () => Promise<HttpAnswer>,
  url: string,
  options: RetryOptions,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { retries, firstPauseMilliseconds, longestPauseMilliseconds, timing } = options;
  const where = withoutQuery(url);
  for (let made = 0; ; made += 1) {
    const result = await attempt(get, where, timing);
    if (result.kind === 'answer') return result.answer;
    const step = Math.min(firstPauseMilliseconds * 2 ** made, longestPauseMilliseconds);
    const pause = Math.max(result.wantedPause ?? 0, step * (0.5 + timing.random() / 2));
    if (made >= retries || pause > longestPauseMilliseconds) throw result.failure;
    try {
      await timing.sleep(pause, signal);
    } catch {
      return refuseEndorsements('endorsements-cancelled', where, 'the caller gave up');
    }
  }
}
