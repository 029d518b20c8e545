/** Gets JSON documents of OpenID issuers over HTTPS: bounded in time and size, without redirects. */
import { readJson } from '@atesto/core';
import { HttpClient, HttpFailure } from '@atesto/http-client';

/** How to get one. */
export interface FetchLimits {
  /** PEM certificates that are trusted besides Node's default authorities. */
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
  /** Aborts the request. */
  readonly signal?: AbortSignal | undefined;
}

const maxResponseBytes = 1_048_576;

/** The parsed body of a 200 response. Rejects with an error whose message says why there is none, without the body. */
export async function fetchJson(url: string, { ca, timeoutMs, signal }: FetchLimits): Promise<unknown> {
  const client = new HttpClient({ ca, timeoutMs, maxResponseBytes });
  try {
    const { status, body } = await client.send({ method: 'GET', url, headers: { accept: 'application/json' } }, signal);
    if (status !== 200) throw new Error(`${url} answered ${status}`);
    const reading = readJson(body.toString());
    if (reading.ok) return reading.value;
    throw new Error(`${url} did not answer with JSON: ${reading.fault.why}`);
  } catch (error) {
    if (error instanceof HttpFailure) throw new Error(`${url} cannot be read: ${error.message}`);
    throw error;
  } finally {
    await client.close();
  }
}
