/**
 * Bounds connections, in all and per address, and how fast an address opens new ones. At a limit of their number the one that has been silent
 * for longest makes room: first of those on which no valid access token has come, in the handshake, before a request or between two; then of
 * the others. One with a request in flight stays. Addresses take turns with their TLS handshakes.
 */
import type { Server } from 'node:https';
import { BlockList, isIPv6, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { FairTurns } from './fair-turns.ts';
import { addressKey, keyOf } from './owner.ts';
import type { Rate, RateTable } from './rate-table.ts';

/** The limits; asked for each connection. */
export interface ConnectionLimits {
  readonly total: number;
  readonly perAddress: number;
  /** New ones of an address: each costs a handshake. */
  readonly newPerAddress: Rate;
}

/** Told of a connection that was closed for a limit. */
export type OnClosed = (address: string, code: 'connection-evicted' | 'connection-refused') => void;

/** Connections without a request in flight, the one that has been silent for longest first. */
interface Silent {
  readonly strangers: Set<Connection>;
  readonly callers: Set<Connection>;
}

interface OfAddress {
  readonly silent: Silent;
  count: number;
}

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  /** Undefined for load balancers: their connections are those of many. */
  readonly ofAddress: OfAddress | undefined;
  requests: number;
  isCaller: boolean;
}

/** The connections of one server. */
export class Connections {
  readonly #limits: () => ConnectionLimits;
  readonly #rates: RateTable;
  readonly #turns: Pick<FairTurns, 'take'>;
  readonly #proxies = new BlockList();
  readonly #onClosed: OnClosed;
  readonly #open = new Map<string, Connection>();
  readonly #silent: Silent = { strangers: new Set(), callers: new Set() };
  readonly #addresses = new Map<string, OfAddress>();
  readonly #bySocket = new WeakMap<Socket, Connection>();

  constructor(
    limits: () => ConnectionLimits,
    rates: RateTable,
    turns: Pick<FairTurns, 'take'>,
    trustedProxies: readonly string[],
    onClosed: OnClosed,
  ) {
    this.#limits = limits;
    this.#rates = rates;
    this.#turns = turns;
    this.#onClosed = onClosed;
    for (const proxy of trustedProxies) {
      const [network = '', prefix] = proxy.split('/');
      const family = isIPv6(network) ? 'ipv6' : 'ipv4';
      this.#proxies.addSubnet(network, prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix), family);
    }
  }

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /** Stands before what the server does with a connection: of one that is refused it learns nothing, and TLS takes no memory for it. */
  attach(server: Pick<Server, 'on' | 'listeners' | 'removeAllListeners'>): void {
    const handlers = server.listeners('connection');
    server.removeAllListeners('connection');
    server.on('connection', (socket: Socket) => {
      if (!this.#take(socket)) return;
      // A client may reset the connection before its turn, when nothing else listens; `close` follows.
      socket.on('error', () => {});
      // The handshake is what a connection costs; what the client sends meanwhile waits in the socket.
      const owner = keyOf({ kind: 'address', key: addressKey(socket.remoteAddress) });
      void this.#turns.take(owner).then(() => {
        if (socket.destroyed) return;
        for (const handle of handlers) Reflect.apply(handle, server, [socket]);
      });
    });
    server.on('secureConnection', (secure: TLSSocket) => {
      // The pair of address and port names a connection, on both sides of the TLS layer.
      const connection = this.#open.get(peerOf(secure));
      if (connection !== undefined) this.#bySocket.set(secure, connection);
    });
  }

  /** A request began on a connection: it stays, whatever the limits. */
  began(socket: Socket): void {
    this.#change(socket, (connection) => {
      connection.requests += 1;
    });
  }

  /** A request ended. */
  ended(socket: Socket): void {
    this.#change(socket, (connection) => {
      connection.requests -= 1;
    });
  }

  /** A valid access token came. */
  authenticated(socket: Socket): void {
    this.#change(socket, (connection) => {
      connection.isCaller = true;
    });
  }

  /** Whether the connection is taken. */
  #take(socket: Socket): boolean {
    const { total, perAddress, newPerAddress } = this.#limits();
    const address = addressKey(socket.remoteAddress);
    const isProxy = this.#isProxy(socket.remoteAddress);
    const ofAddress = isProxy ? undefined : (this.#addresses.get(address) ?? { silent: emptySilent(), count: 0 });
    const mayOpen = isProxy || this.#rates.waitMs(address, newPerAddress) === 0;
    const hasRoom =
      mayOpen &&
      (ofAddress === undefined || ofAddress.count < perAddress || this.#evict(ofAddress.silent)) &&
      (this.#open.size < total || this.#evict(this.#silent));
    if (!hasRoom || socket.remoteAddress === undefined) {
      socket.destroy();
      this.#onClosed(address, 'connection-refused');
      return false;
    }
    const connection = { socket, address, ofAddress, requests: 0, isCaller: false };
    if (ofAddress !== undefined) {
      this.#rates.take(address, newPerAddress);
      ofAddress.count += 1;
      this.#addresses.set(address, ofAddress);
    }
    const peer = peerOf(socket);
    this.#open.set(peer, connection);
    this.#settle(connection);
    socket.once('close', () => this.#forget(peer, connection));
    return true;
  }

  #isProxy(address: string | undefined): boolean {
    return address !== undefined && this.#proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }

  /** Closes the one that has been silent for longest; false: there is none. */
  #evict({ strangers, callers }: Silent): boolean {
    const [victim] = strangers.size > 0 ? strangers : callers;
    if (victim === undefined) return false;
    this.#forget(peerOf(victim.socket), victim);
    victim.socket.destroy();
    this.#onClosed(victim.address, 'connection-evicted');
    return true;
  }

  #forget(peer: string, connection: Connection): void {
    if (this.#open.get(peer) !== connection) return;
    this.#open.delete(peer);
    this.#unsettle(connection);
    const { ofAddress, address } = connection;
    if (ofAddress === undefined) return;
    ofAddress.count -= 1;
    if (ofAddress.count === 0) this.#addresses.delete(address);
  }

  #change(socket: Socket, change: (connection: Connection) => void): void {
    const connection = this.#bySocket.get(socket);
    if (connection === undefined || this.#open.get(peerOf(connection.socket)) !== connection) return;
    this.#unsettle(connection);
    change(connection);
    this.#settle(connection);
  }

  #settle(connection: Connection): void {
    if (connection.requests > 0) return;
    const kind = connection.isCaller ? 'callers' : 'strangers';
    this.#silent[kind].add(connection);
    connection.ofAddress?.silent[kind].add(connection);
  }

  #unsettle(connection: Connection): void {
    for (const silent of [this.#silent, connection.ofAddress?.silent]) {
      silent?.strangers.delete(connection);
      silent?.callers.delete(connection);
    }
  }
}

function emptySilent(): Silent {
  return { strangers: new Set(), callers: new Set() };
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
