/** Gets documents of endorsement services, with retry. Failures become refusals of this package. */

import type { RetryPolicy } from '@atesto/http-client';
import { type HttpClient, HttpFailure, type HttpFailureKind, type HttpResponse, withRetry } from '@atesto/http-client';
import type { EndorsementCode } from '../codes.ts';
import { endorsementRefused, refuseEndorsements } from '../refusal.ts';
import { withoutQuery } from './address.ts';

/** How often and after which pauses a document is asked for again. */
export type RetryLimits = Required<Pick<RetryPolicy, 'retries' | 'firstPauseMs' | 'longestPauseMs' | 'timing'>>;

const codes: Readonly<Record<HttpFailureKind, EndorsementCode>> = {
  cancelled: 'endorsements-cancelled',
  'timed-out': 'endorsements-timed-out',
  unreachable: 'endorsements-unreachable',
  certificate: 'endorsements-unreachable',
  truncated: 'endorsements-truncated',
  'not-http': 'endorsements-malformed',
  'too-large': 'endorsements-too-large',
};

const transient: ReadonlySet<HttpFailureKind> = new Set(['timed-out', 'unreachable', 'certificate', 'truncated']);

function isTransient(outcome: HttpResponse | HttpFailure): boolean {
  if (outcome instanceof HttpFailure) return transient.has(outcome.kind);
  return outcome.status === 429 || outcome.status >= 500;
}

/** A response that is neither 429 nor 5xx. Refuses by throwing within this package. */
export async function getDocument(
  client: HttpClient,
  url: string,
  headers: Readonly<Record<string, string>>,
  limits: RetryLimits,
  cancel: AbortSignal,
): Promise<HttpResponse> {
  const where = withoutQuery(url);
  const send = (signal: AbortSignal): Promise<HttpResponse> => client.send({ method: 'GET', url, headers }, signal);
  const response = await withRetry(send, { ...limits, isTransient }, cancel).catch((error: unknown) => {
    if (error instanceof HttpFailure) throw endorsementRefused(codes[error.kind], where, error.message);
    throw error;
  });
  const { status } = response;
  if (status === 429) {
    return refuseEndorsements('endorsements-throttled', where, 'the service asks for fewer requests (429)');
  }
  if (status < 500) return response;
  return refuseEndorsements('endorsements-server-error', where, `the service reports a failure of its own (${status})`);
}
