/** Answers what is not even HTTP: the connection has no request, so the reply is written by hand. */
import type { Socket } from 'node:net';
import { type ServiceCode, serviceCodes } from '../codes.ts';
import { RequestRefused } from './refusal.ts';
import { errorBody, jsonType, serviceVersion } from './reply.ts';

const codes: Readonly<Record<string, ServiceCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/** Handler of the server's `clientError` events. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
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
