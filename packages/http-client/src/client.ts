/** Sends single HTTP requests, bounded in time, size and number of connections. Redirects are not followed; proxies are not used. */
import { Agent, request } from 'undici';
import { failureOf, HttpFailure } from './failure.ts';
import { systemTiming, type Timing } from './timing.ts';
import { trustOptions } from './trust.ts';

/** Limits and trust of a client. */
export interface HttpClientOptions {
  /** PEM: certification authorities that are trusted besides Node's default ones. */
  readonly ca?: string | undefined;
  /** Default: 10000. */
  readonly connectTimeoutMs?: number;
  /** For one request, from the connection to the end of the body. Default: until the caller's signal aborts. */
  readonly timeoutMs?: number;
  readonly maxResponseBytes: number;
  /** Whether connections stay open for further requests. Default: true. */
  readonly keepAlive?: boolean;
  /** To each origin. Default: unlimited. */
  readonly maxConnections?: number;
  /** Default: {@link systemTiming}. */
  readonly timing?: Timing;
}

/** One request. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A complete response, of whatever status. */
export interface HttpResponse {
  readonly status: number;
  /** By lower-case name; a list when a header came several times. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A header that came exactly once; undefined when it is absent or came several times. @param name in any case */
export function singleHeader({ headers }: HttpResponse, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}

/** A client with connections of its own. */
export class HttpClient {
  readonly #agent: Agent;
  readonly #timeoutMs: number | undefined;
  readonly #timing: Timing;

  constructor(options: HttpClientOptions) {
    const { ca, connectTimeoutMs = 10_000, timeoutMs, maxResponseBytes, keepAlive = true } = options;
    const { maxConnections, timing = systemTiming } = options;
    this.#timeoutMs = timeoutMs;
    this.#timing = timing;
    this.#agent = new Agent({
      connect: { timeout: connectTimeoutMs, ...trustOptions(ca) },
      ...(maxConnections === undefined ? {} : { connections: maxConnections }),
      // undici closes connections after each request when there is no pipelining at all.
      pipelining: keepAlive ? 1 : 0,
      maxResponseSize: maxResponseBytes,
      // The time-out covers the whole request.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /** Sends one request, once. Throws {@link HttpFailure} when there is no complete response. */
  async send(what: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    const finished = new AbortController();
    const late = new AbortController();
    const timeoutMs = this.#timeoutMs;
    if (timeoutMs !== undefined) {
      this.#timing.sleep(timeoutMs, finished.signal).then(
        () => late.abort(),
        () => {},
      );
    }
    try {
      return await this.#exchange(what, signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]));
    } catch (error) {
      if (signal?.aborted === true) throw new HttpFailure('cancelled', 'the caller cancelled the request');
      if (!late.signal.aborted) throw error;
      throw new HttpFailure('timed-out', `no complete response within ${timeoutMs} milliseconds`);
    } finally {
      finished.abort();
    }
  }

  async #exchange({ url, ...init }: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    let phase: 'headers' | 'body' = 'headers';
    try {
      const { statusCode, headers, body } = await request(url, { ...init, dispatcher: this.#agent, signal });
      phase = 'body';
      return { status: statusCode, headers, body: Buffer.from(await body.arrayBuffer()) };
    } catch (error) {
      throw failureOf(error, phase);
    }
  }

  /** Ends all connections; requests in flight fail. */
  close(): Promise<void> {
    return this.#agent.destroy();
  }
}
