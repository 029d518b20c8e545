/** Knows the open connections of a server, and which of them have a request in flight: a stop closes the others at once. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { whenEnded } from './pipelining.ts';

/** The TCP connection, below TLS and above it: both sockets have the peer's address and port. */
function peerOf({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`;
}

/** The connections of a server that is yet to listen. */
export class OpenConnections {
  /** TCP sockets by their peer: also those that never end their TLS handshake, which Node's own lists lack. */
  readonly #sockets = new Map<string, Socket>();
  readonly #inFlight = new Map<string, number>();
  /** Requests of which the body has not come as a whole. */
  readonly #receiving = new Set<IncomingMessage>();
  #isClosing = false;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => this.#opened(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.#began(request, response));
  }

  /** Closes every connection without a request in flight, now and from now on. */
  closeIdle(): void {
    this.#isClosing = true;
    for (const [peer, socket] of this.#sockets) if (!this.#inFlight.has(peer)) socket.destroy();
  }

  /** Cuts the connections whose clients still send a request. */
  cutReceiving(): void {
    for (const { socket, complete } of this.#receiving) if (!complete) socket.destroy();
  }

  /** Cuts what is left. */
  cutAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #opened(socket: Socket): void {
    if (this.#isClosing) {
      socket.destroy();
      return;
    }
    const peer = peerOf(socket);
    this.#sockets.set(peer, socket);
    socket.once('close', () => {
      if (this.#sockets.get(peer) === socket) this.#sockets.delete(peer);
    });
  }

  #began(request: IncomingMessage, response: ServerResponse): void {
    const peer = peerOf(request.socket);
    this.#inFlight.set(peer, (this.#inFlight.get(peer) ?? 0) + 1);
    this.#receiving.add(request);
    whenEnded(response, () => {
      this.#receiving.delete(request);
      const left = (this.#inFlight.get(peer) ?? 1) - 1;
      if (left > 0) this.#inFlight.set(peer, left);
      else this.#inFlight.delete(peer);
    });
  }
}
