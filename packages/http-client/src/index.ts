/**
 * The HTTP client of every package: bounded requests, retry, and the trust of connections.
 *
 * @module http-client
 */
export { HttpClient, type HttpClientOptions, type HttpRequest, type HttpResponse, singleHeader } from './client.ts';
export { HttpFailure, type HttpFailureKind } from './failure.ts';
export { type RetryPolicy, retryAfterMs, withRetry } from './retry.ts';
export { systemTiming, type Timing } from './timing.ts';
