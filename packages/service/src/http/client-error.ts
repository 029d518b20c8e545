/** Answers what is not even HTTP: the connection has no request, so the reply is written by hand. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type ServiceCode, serviceCodes } from '../codes.ts';
import { RequestRefused } from './refusal.ts';
import { errorBody, jsonType, serviceVersion } from './reply.ts';

const codes: Readonly<Record<string, ServiceCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/** Handler of the server's `clientError` events. A client that does not close after its answer is cut by the limits of headers and requests. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  // Before the end of the handshake nothing can be said: an answer would wait for it, and so would the connection.
  const hasHandshake = !(socket instanceof TLSSocket) || socket.getCipher() !== undefined;
  if (error.code === 'ECONNRESET' || !socket.writable || !hasHandshake) {
    socket.destroy(error);
    return;
  }
  const code = codes[error.code ?? ''] ?? 'request-malformed';
  const { status, wireCode, meaning } = serviceCodes[code];
  const body = errorBody(new RequestRefused(status, wireCode, { code, where: 'request', why: meaning }));
  const head = [
    `HTTP/1.1 ${status} ${wireCode}`,
    `content-type: ${jsonType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `x-ms-maa-service-version: ${serviceVersion}`,
    `x-ms-error-code: ${wireCode}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
