/** The reasons for which a request has no complete response. */
import { errors } from 'undici';

/**
 * `cancelled`: the caller's signal aborted. `timed-out`: no complete response in time. `unreachable`: the connection failed before
 * a response began. `certificate`: the server's TLS certificate is not trusted, or is for another name. `truncated`: the connection
 * failed within the body. `not-http`: the server does not speak HTTP. `too-large`: headers or body exceed the limit.
 */
export type HttpFailureKind =
  | 'cancelled'
  | 'timed-out'
  | 'unreachable'
  | 'certificate'
  | 'truncated'
  | 'not-http'
  | 'too-large';

/** A request without a complete response. The message holds no address: addresses may hold keys and identifiers. */
export class HttpFailure extends Error {
  readonly kind: HttpFailureKind;
  /** False: the connection was never made, so the server saw nothing of the request. */
  readonly mayHaveArrived: boolean;

  constructor(kind: HttpFailureKind, message: string, options: { mayHaveArrived?: boolean; cause?: unknown } = {}) {
    const { mayHaveArrived = true, ...more } = options;
    super(message, more);
    this.name = 'HttpFailure';
    this.kind = kind;
    this.mayHaveArrived = mayHaveArrived;
  }
}

const neverConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const certificateCodes =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH)/;

/** The failure that an error of undici, TLS or the system stands for. @param phase what was awaited when it was thrown */
export function failureOf(error: unknown, phase: 'headers' | 'body'): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const code = codeOf(error) ?? 'unknown error';
  const because = (kind: HttpFailureKind, what: string): HttpFailure =>
    new HttpFailure(kind, `${what} (${code})`, { mayHaveArrived: !neverConnected.has(code), cause: error });
  if (error instanceof errors.ResponseExceededMaxSizeError || error instanceof errors.HeadersOverflowError) {
    return because('too-large', 'the response is larger than allowed');
  }
  if (error instanceof errors.HTTPParserError) return because('not-http', 'the response is not HTTP');
  if (error instanceof errors.ConnectTimeoutError) return because('timed-out', 'no connection in time');
  if (certificateCodes.test(code)) return because('certificate', 'the TLS certificate of the server is not trusted');
  return phase === 'body'
    ? because('truncated', 'the connection failed within the response')
    : because('unreachable', 'the connection failed');
}

/** `code` of an error or of the first of its causes that has one. Messages may hold addresses and are left out. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') return code;
  return codeOf(error instanceof AggregateError ? error.errors[0] : Reflect.get(error, 'cause'));
}
