/** A `fetch` that trusts one more CA: what a relying party beside a service with a private CA needs. */
import { answerOf, clientErrorOf, openHttpClient } from './answer.ts';

/** The request members that are passed on. */
export interface FetchInit {
  readonly headers: Record<string, string>;
  readonly redirect: 'error';
  readonly signal: AbortSignal;
}

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const withoutBody = new Set([101, 204, 205, 304]);

/** Makes a `fetch` (as `createVerifier` of the relying party takes it) that trusts the public CAs and `ca` (PEM). */
export function createTrustingFetch(ca: string): (url: string, init: FetchInit) => Promise<Response> {
  const client = openHttpClient(ca);
  return async (url, { headers: sent, signal }) => {
    const response = await client.send({ method: 'GET', url, headers: sent }, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw clientErrorOf(error, url);
    });
    const { status, headers, text } = answerOf(response, url);
    return new Response(withoutBody.has(status) ? null : text, { status, headers });
  };
}
