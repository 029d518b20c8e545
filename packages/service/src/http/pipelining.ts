/**
 * Follows the requests of each connection until they are answered, and bounds how many may be under way on one: clients may send further ones
 * before the first is answered (RFC 9112, section 9.3.2), hardly any does, and what waits for its turn costs memory.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const mostOnOne = 16;

type OnEnd = () => void;

const underWay = new WeakMap<Socket, Set<OnEnd>>();
const listeners = new WeakMap<ServerResponse, Set<OnEnd>>();
const ended = new WeakSet<ServerResponse>();

/** Begins to follow a request. Answers false when its connection has too many: it is cut, and the request is to be left alone. */
export function followOnConnection({ socket }: IncomingMessage, response: ServerResponse): boolean {
  if (socket.destroyed) return false;
  const requests = underWay.get(socket) ?? begin(socket);
  if (requests.size >= mostOnOne) {
    socket.destroy();
    return false;
  }
  const onEnds = new Set<OnEnd>();
  const end = (): void => {
    if (!requests.delete(end)) return;
    ended.add(response);
    for (const onEnd of onEnds) onEnd();
  };
  listeners.set(response, onEnds);
  requests.add(end);
  response.once('close', end);
  return true;
}

/** Calls when a request was answered or its connection is gone: at once when it is already. */
export function whenEnded(response: ServerResponse, onEnd: OnEnd): void {
  if (ended.has(response)) {
    onEnd();
    return;
  }
  const onEnds = listeners.get(response);
  if (onEnds === undefined) response.once('close', onEnd);
  else onEnds.add(onEnd);
}

/** Of the requests of a connection that ends, Node tells only the one whose answer is next. */
function begin(socket: Socket): Set<OnEnd> {
  const requests = new Set<OnEnd>();
  underWay.set(socket, requests);
  socket.once('close', () => {
    for (const end of requests) end();
  });
  return requests;
}
