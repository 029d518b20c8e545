/** One HTTPS exchange: bounded in time and size, no redirects, the CA of the caller trusted besides the public ones. */
import { getCACertificates } from 'node:tls';
import { Agent, request } from 'undici';
import { ClientError } from '../error.ts';
import { failureOf } from './failure.ts';

/** What to send. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What came back. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; of repeated headers the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Sends requests. */
export interface Transport {
  /** Throws {@link ClientError}, or the signal's reason once the signal has fired. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  /** Ends idle and running connections. */
  close(): Promise<void>;
}

const maxAnswerBytes = 4 * 2 ** 20;

/** Connections that trust the public CAs and `ca` (PEM). */
export function trustingAgent(ca: string | undefined): Agent {
  return new Agent({ connect: ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] } });
}

/** Opens a transport. */
export function openTransport(ca: string | undefined): Transport {
  const agent = trustingAgent(ca);
  return {
    send: async ({ url, ...init }, signal) => {
      try {
        const { statusCode, headers, body } = await request(url, { ...init, dispatcher: agent, signal });
        return { status: statusCode, headers: firstOf(headers), text: await textOf(body, url) };
      } catch (error) {
        if (error instanceof ClientError) throw error;
        signal.throwIfAborted();
        throw failureOf(error, url);
      }
    },
    close: () => agent.destroy(),
  };
}

async function textOf(body: AsyncIterable<Uint8Array>, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxAnswerBytes) {
      throw new ClientError('answer-too-large', url, `the answer is longer than ${maxAnswerBytes} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new ClientError('answer-malformed', url, 'the answer is not UTF-8');
  }
}

function firstOf(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) first[name] = text;
  }
  return first;
}
