/** Gets JSON documents of OpenID issuers over HTTPS: bounded in time and size, without redirects. */
import { readJson } from '@atesto/core';
import { HttpClient, type HttpClientOptions, HttpFailure } from '@atesto/http-client';

/** A client for one issuer. It keeps no connections: an issuer is asked every few minutes at most. */
export function createJsonClient({
  ca,
  timeoutMs,
}: Required<Pick<HttpClientOptions, 'timeoutMs'>> & Pick<HttpClientOptions, 'ca'>): HttpClient {
  return new HttpClient({ ca, timeoutMs, keepAlive: false, maxResponseBytes: 1_048_576 });
}

/** The parsed body of a 200 response. Rejects with an error whose message says why there is none, without the body. */
export async function fetchJson(client: HttpClient, url: string, signal?: AbortSignal): Promise<unknown> {
  const request = { method: 'GET', url, headers: { accept: 'application/json' } } as const;
  const { status, body } = await client.send(request, signal).catch((error: unknown) => {
    throw error instanceof HttpFailure ? new Error(`${url} cannot be read: ${error.message}`) : error;
  });
  if (status !== 200) throw new Error(`${url} answered ${status}`);
  const reading = readJson(body.toString());
  if (reading.ok) return reading.value;
  throw new Error(`${url} did not answer with JSON: ${reading.fault.why}`);
}
