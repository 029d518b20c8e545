/** Connections of tests that speak HTTP by hand: half a request, no request, no handshake. Ended before the service that they reach. */
import { readFileSync } from 'node:fs';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RunningService } from '../service.ts';

/** One connection. */
export interface RawClient {
  readonly socket: Socket;
  /** Sends text; resolves when it is handed to the operating system. */
  write(data: string | Uint8Array): Promise<void>;
  /** Everything that came, once it contains `text`; rejects when the connection ends before. */
  received(text: string): Promise<string>;
  /** Everything that came, once the service has ended the connection. */
  readonly ended: Promise<string>;
}

const open = new Set<Socket>();

/** Ends those that are open: a service waits for its connections when it closes. */
export function endRawClients(): void {
  for (const socket of open) socket.destroy();
}

/** A connection over TLS. */
export function connectTo(service: Pick<RunningService, 'port' | 'caFile'>): Promise<RawClient> {
  const { promise, resolve, reject } = Promise.withResolvers<RawClient>();
  const ca = readFileSync(service.caFile ?? '');
  const socket = connectTls({ host: '127.0.0.1', port: service.port, ca, servername: 'localhost' });
  socket.once('secureConnect', () => resolve(clientOf(socket))).once('error', reject);
  return promise;
}

/** A TCP connection that never says a word. */
export function connectSilently({ port }: Pick<RunningService, 'port'>): Promise<RawClient> {
  const { promise, resolve, reject } = Promise.withResolvers<RawClient>();
  const socket = connectPlain({ host: '127.0.0.1', port });
  socket.once('connect', () => resolve(clientOf(socket))).once('error', reject);
  return promise;
}

/** The head of an attest call whose body has `length` bytes. */
export function attestHead(length: number, headers: Readonly<Record<string, string>> = {}): string {
  const all = { host: 'localhost', 'content-type': 'application/json', 'content-length': String(length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return ['POST /attest/SgxEnclave?api-version=2020-10-01 HTTP/1.1', ...lines, '', ''].join('\r\n');
}

function clientOf(socket: Socket): RawClient {
  open.add(socket);
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
    socket.emit('more');
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    open.delete(socket);
    socket.emit('more');
    resolve(text);
  });
  const received = async (wanted: string): Promise<string> => {
    while (!text.includes(wanted)) {
      if (socket.destroyed) throw new Error(`the connection ended after ${JSON.stringify(text)}`);
      const { promise, resolve: next } = Promise.withResolvers<void>();
      socket.once('more', next);
      await promise;
    }
    return text;
  };
  const write = (data: string | Uint8Array): Promise<void> => {
    const { promise, resolve: written } = Promise.withResolvers<void>();
    socket.write(data, () => written());
    return promise;
  };
  return { socket, write, received, ended };
}
