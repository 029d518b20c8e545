/** Gets a JSON document from another server over HTTPS: bounded in time and size, no redirects. */
import { get } from 'node:https';
import { rootCertificates } from 'node:tls';
import { readJson } from '@atesto/core';

/** How to get it. */
export interface FetchLimits {
  /** PEM certificates that are trusted besides the public CAs. */
  readonly ca?: string | undefined;
  readonly timeoutMs: number;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
}

const maxBytes = 1_048_576;

/** The parsed body of a 200 reply. Rejects with a plain sentence, without the body, when there is none in time. */
export async function fetchJson(uri: string, { ca, timeoutMs, signal }: FetchLimits): Promise<unknown> {
  const late = AbortSignal.timeout(timeoutMs);
  const text = await fetchText(uri, ca, signal === undefined ? late : AbortSignal.any([late, signal]));
  const reading = readJson(text);
  if (reading.ok) return reading.value;
  throw new Error(`${uri} did not answer with JSON: ${reading.fault.why}`);
}

function fetchText(uri: string, ca: string | undefined, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const trust = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  const request = get(uri, { ...trust, signal, agent: false, headers: { accept: 'application/json' } }, (response) => {
    if (response.statusCode !== 200) {
      response.destroy();
      reject(new Error(`${uri} answered ${response.statusCode}`));
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > maxBytes) response.destroy(new Error(`${uri} answered more than ${maxBytes} bytes`));
    });
    response.on('error', reject);
    response.on('aborted', () => reject(new Error(`${uri} closed the connection`)));
    response.on('end', () => resolve(Buffer.concat(chunks).toString()));
  });
  request.on('error', (error) => reject(new Error(`${uri} cannot be reached (${reasonOf(error, signal)})`)));
  return promise;
}

function reasonOf(error: Error, signal: AbortSignal): string {
  if (signal.aborted)
    return signal.reason instanceof Error && signal.reason.name === 'TimeoutError' ? 'time-out' : 'given up';
  return 'code' in error ? String(error.code) : error.name;
}
