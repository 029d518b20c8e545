/** Gets documents over HTTPS: bounded in time, size and number of connections. Redirects are not followed. */
import { getCACertificates } from 'node:tls';
import { Agent, request } from 'undici';
import { refuseEndorsements } from '../refusal.ts';
import { refuseForError } from './failure.ts';
import type { Timing } from './timing.ts';

/** Bounds and trust of a client. */
export interface HttpClientOptions {
  /** PEM: certification authorities that are trusted besides the machine's. */
  readonly ca?: string;
  readonly connectTimeoutMilliseconds: number;
  /** For one attempt, from the connection to the end of the body. */
  readonly timeoutMilliseconds: number;
  readonly maximumResponseBytes: number;
  readonly maximumConnections: number;
  readonly timing: Timing;
}

/** A whole answer. */
export interface HttpAnswer {
  readonly status: number;
  /** A header that came once; undefined when it is absent or came several times. */
  header(name: string): string | undefined;
  readonly body: Buffer;
}

/** An address without its query: queries may hold keys and identifiers. */
export function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

/** Checks the address of a service: https, or http on the loopback interface. Throws a TypeError. */
export function checkBaseUrl(baseUrl: string): URL {
  const url = new URL(baseUrl);
  const loopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw new TypeError('the address of an endorsement service must begin with https://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('the address of an endorsement service must not have credentials, a query or a fragment');
  }
  return url;
}

/** A client of one service. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agent: Agent;

  constructor(options: HttpClientOptions) {
    const { ca, connectTimeoutMilliseconds, maximumResponseBytes, maximumConnections } = options;
    const trust = ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] };
    this.#options = options;
    this.#agent = new Agent({
      connect: { timeout: connectTimeoutMilliseconds, ...trust },
      connections: maximumConnections,
      maxResponseSize: maximumResponseBytes,
      // The deadline of the whole attempt is the client's own.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Gets one document, once. Refuses by throwing within this package. */
  async get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    const { timeoutMilliseconds, timing } = this.#options;
    const ended = new AbortController();
    const late = new AbortController();
    timing.sleep(timeoutMilliseconds, ended.signal).then(
      () => late.abort(),
      () => {},
    );
    try {
      return await this.#exchange(url, headers, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      const where = withoutQuery(url);
      if (signal.aborted) return refuseEndorsements('endorsements-cancelled', where, 'the caller gave up');
      if (!late.signal.aborted) throw error;
      const why = `no whole answer within ${timeoutMilliseconds} milliseconds`;
      return refuseEndorsements('endorsements-timed-out', where, why);
    } finally {
      ended.abort();
    }
  }

  async #exchange(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer> {
    let phase: 'headers' | 'body' = 'headers';
    try {
      const answer = await request(url, { dispatcher: this.#agent, method: 'GET', headers, signal });
      phase = 'body';
      const body = Buffer.from(await answer.body.arrayBuffer());
      const header = (name: string): string | undefined => {
        const value = answer.headers[name.toLowerCase()];
        return typeof value === 'string' ? value : undefined;
      };
      return { status: answer.statusCode, header, body };
    } catch (error) {
      return refuseForError(error, phase, withoutQuery(url));
    }
  }

  /** Breaks off what is under way. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
