/** Retry: which outcomes are repeated, after which pauses, and how the attempts end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpFailure, type HttpResponse, type RetryPolicy, retryAfterMs, systemTiming, withRetry } from './index.ts';

const response = (status: number, headers: HttpResponse['headers'] = {}): HttpResponse => ({
  status,
  headers,
  body: Buffer.alloc(0),
});

/** Sends the outcomes in order; gives the result with the pauses that were made. */
async function run(outcomes: readonly (HttpResponse | HttpFailure)[], more: Partial<RetryPolicy> = {}) {
  const pauses: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
  };
  const isTransient: RetryPolicy['isTransient'] = (outcome) => outcome instanceof HttpFailure || outcome.status >= 500;
  const timing = { clock: () => new Date('2026-06-01T12:00:00Z'), sleep, random: () => 0.5 };
  const policy = { retries: 2, firstPauseMs: 100, isTransient, timing, ...more };
  let sent = 0;
  const send = async (): Promise<HttpResponse> => {
    const outcome = outcomes[sent++] ?? assert.fail('one request too many');
    if (outcome instanceof HttpFailure) throw outcome;
    return outcome;
  };
  const result = await withRetry(send, policy).catch((error: unknown) => error);
  return { pauses, result: result instanceof HttpFailure ? result.kind : (result as HttpResponse).status };
}

const unreachable = new HttpFailure('unreachable', 'test');

test('an outcome that is not transient is not repeated', async () => {
  assert.deepEqual(await run([response(404)]), { pauses: [], result: 404 });
});

test('pauses double and are shortened by up to half at random', async () => {
  assert.deepEqual(await run([unreachable, response(500), response(200)]), { pauses: [75, 150], result: 200 });
});

test('the last response or failure is the result when the retries are used up', async () => {
  assert.equal((await run([response(503), response(502), response(500)])).result, 500);
  assert.equal((await run([response(503), response(502), unreachable])).result, 'unreachable');
});

test('the longest pause bounds the growth, and ends the attempts when Retry-After asks for more', async () => {
  const longestPauseMs = 120;
  const grown = await run([response(500), response(500), response(200)], { longestPauseMs });
  assert.deepEqual(grown, { pauses: [75, 90], result: 200 });
  const asked = await run([response(503, { 'retry-after': '1' })], { longestPauseMs });
  assert.deepEqual(asked, { pauses: [], result: 503 });
});

test('Retry-After lengthens a pause, as seconds or as a date', async () => {
  const date = 'Mon, 01 Jun 2026 12:00:10 GMT';
  const outcomes = [response(503, { 'retry-after': '2' }), response(503, { 'retry-after': date }), response(200)];
  assert.deepEqual((await run(outcomes)).pauses, [2000, 10_000]);
});

test('a pause that would pass the time-out of all attempts is not made', async () => {
  const outcomes = [response(503, { 'retry-after': '60' })];
  assert.deepEqual(await run(outcomes, { timeoutMs: 30_000 }), { pauses: [], result: 503 });
});

test('the time-out covers all attempts, and the signal of the caller cancels them', async () => {
  const policy = { retries: 2, firstPauseMs: 1, isTransient: () => true, timing: systemTiming };
  const hang = (signal: AbortSignal): Promise<HttpResponse> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new HttpFailure('cancelled', 'test'))));
  await assert.rejects(withRetry(hang, { ...policy, timeoutMs: 20 }), { kind: 'timed-out' });
  const cancel = new AbortController();
  const waiting = withRetry(hang, policy, cancel.signal);
  cancel.abort();
  await assert.rejects(waiting, { kind: 'cancelled' });
});

test('an error that is no HttpFailure is thrown as it is', async () => {
  const policy = { retries: 2, firstPauseMs: 1, isTransient: () => true };
  const fail = async (): Promise<HttpResponse> => {
    throw new RangeError('test');
  };
  await assert.rejects(withRetry(fail, policy), RangeError);
});

test('Retry-After is read as seconds or as a date', () => {
  const now = new Date('2026-06-01T12:00:00Z');
  assert.equal(retryAfterMs('3', now), 3000);
  assert.equal(retryAfterMs('Mon, 01 Jun 2026 12:00:10 GMT', now), 10_000);
  assert.equal(retryAfterMs('Mon, 01 Jun 2026 11:00:00 GMT', now), 0);
  assert.equal(retryAfterMs('soon', now), undefined);
  assert.equal(retryAfterMs(undefined, now), undefined);
});
