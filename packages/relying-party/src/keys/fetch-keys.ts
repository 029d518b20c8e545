/** Fetches the key set of an issuer from its certs URI: without redirects, bounded in time and size. */
import { refuse } from '../refusal.ts';
import { parseJson } from '../token/claims.ts';
import { type KeySet, parseKeySet } from './key-set.ts';

/** The signature of `fetch` as it is called. */
export type Fetch = (
  url: string,
  init: {
    readonly headers: Record<string, string>;
    readonly redirect: 'error';
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

/** The length of the longest key set that is read. */
export const maxSetBytes = 2 ** 20;

/** Fetches and reads the key set at an address. */
export async function fetchKeySet(url: string, fetch: Fetch, timeoutSeconds: number): Promise<KeySet> {
  const text = await fetchText(url, fetch, timeoutSeconds).catch((error: unknown) =>
    refuse('keys-unavailable', url, `the keys could not be fetched: ${reason(error)}`),
  );
  return parseKeySet(parseJson(text), url);
}

async function fetchText(url: string, fetch: Fetch, timeoutSeconds: number): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/jwk+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutSeconds * 1000),
  });
  if (!response.ok) throw new Error(`the answer has status ${response.status}`);
  if (response.body === null) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let sizeBytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    sizeBytes += value.length;
    if (sizeBytes > maxSetBytes) {
      await reader.cancel();
      throw new Error('the answer is longer than one mebibyte');
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** `fetch` puts the reason of a network failure into the cause of its error. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return error.cause instanceof Error ? error.cause.message : error.message;
}
