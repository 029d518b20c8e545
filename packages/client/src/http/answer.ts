/** Answers of servers as text, and failed requests as errors of this package. */
import { decodeUtf8 } from '@atesto/core';
import { HttpClient, HttpFailure, type HttpFailureKind, type HttpResponse } from '@atesto/http-client';
import type { ClientCode } from '../codes.ts';
import { ClientError } from '../error.ts';

/** What a server answered. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name; of repeated headers the first. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

const maxAnswerBytes = 4 * 2 ** 20;

/** An HTTP client for services of this kind. @param ca PEM: trusted besides the public CAs */
export function openHttpClient(ca: string | undefined): HttpClient {
  return new HttpClient({ ca, maxResponseBytes: maxAnswerBytes });
}

const codes: Readonly<Record<HttpFailureKind, ClientCode>> = {
  cancelled: 'cancelled',
  'timed-out': 'connection-timeout',
  unreachable: 'connection-failed',
  certificate: 'certificate-refused',
  truncated: 'connection-failed',
  'not-http': 'connection-failed',
  'too-large': 'answer-too-large',
};

/** Whether a request failed because of its connection; one that could not be made in time is among them. */
export function isConnectionFailure({ kind, mayHaveArrived }: HttpFailure): boolean {
  return codes[kind] === 'connection-failed' || (kind === 'timed-out' && !mayHaveArrived);
}

/** An error of the HTTP client as error of this package; others as they are. Connections fail at an origin, calls at their address. */
export function clientErrorOf(error: unknown, url: string): unknown {
  if (!(error instanceof HttpFailure)) return error;
  const options = error.cause === undefined ? {} : { cause: error.cause };
  const code = isConnectionFailure(error) ? 'connection-failed' : codes[error.kind];
  const isOfOrigin = code === 'connection-failed' || code === 'certificate-refused';
  return new ClientError(code, isOfOrigin ? new URL(url).origin : url, error.message, options);
}

/** A response with its body as text. Throws `answer-malformed`. */
export function answerOf({ status, headers, body }: HttpResponse, url: string): HttpAnswer {
  const first: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = Array.isArray(value) ? value[0] : value;
    if (text !== undefined) first[name] = text;
  }
  const text = decodeUtf8(body, 'drop');
  if (text === undefined) throw new ClientError('answer-malformed', url, 'the answer is not UTF-8');
  return { status, headers: first, text };
}
