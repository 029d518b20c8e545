/** What does a broken exchange mean, and did the server get anything of it? */
import { ClientError } from '../error.ts';

/** The connection was never made: the server saw nothing of the request. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const certificateCodes =
  /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_CERT|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH)/;

/** A connection that failed. */
export class ConnectionError extends ClientError {
  /** Whether the server may have received the request. */
  readonly mayHaveArrived: boolean;

  constructor(where: string, why: string, mayHaveArrived: boolean, cause: unknown) {
    super('connection-failed', where, why, { cause });
    this.name = 'ConnectionError';
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** The failure that an exception of the HTTP library stands for. */
export function failureOf(error: unknown, url: string): ClientError {
  const code = codeOf(error);
  const { origin } = new URL(url);
  if (certificateCodes.test(code)) {
    const why = `the TLS certificate of the server is not trusted (${code})`;
    return new ClientError('certificate-refused', origin, why, { cause: error });
  }
  const reason = code === '' ? 'the connection broke' : `the connection failed (${code})`;
  return new ConnectionError(origin, reason, !neverConnected.has(code), error);
}

/** The code of an exception or of the first of its causes that has one. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') return code;
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : Reflect.get(error, 'cause');
  return codeOf(inner);
}
