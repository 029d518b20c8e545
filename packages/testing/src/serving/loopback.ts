/** A loopback server that records every request and can be stopped while responses are pending. */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type Answer, emptyAnswer, Faults, type ServiceFault, sendAnswer } from './faults.ts';

/** How a simulated service is reached and how it fails. */
export interface ServiceOptions<Item extends string> {
  /** Default: none. */
  readonly faults?: readonly ServiceFault<Item>[];
  /** PEM; default: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Default: any free one. */
  readonly port?: number;
}

/** A running service. */
export interface SimulatedService<Item extends string> {
  /** The origin, without a path: `http://127.0.0.1:port`. */
  readonly url: string;
  /** Paths with queries, in the order of arrival. */
  readonly requests: readonly string[];
  /** Replaces the faults. */
  setFaults(faults: readonly ServiceFault<Item>[]): void;
  /** Stops listening and breaks off what hangs. */
  close(): Promise<void>;
}

/** What a service does: understands a path with its query, and answers. */
export interface ServiceBehaviour<Item extends string, Request extends { readonly item: Item }> {
  /** Undefined: no such path. */
  read(target: string): Request | undefined;
  answer(request: Request, faults: readonly ServiceFault<Item>[]): Answer | Promise<Answer>;
}

/** Starts a service. */
export async function startService<Item extends string, Request extends { readonly item: Item }>(
  behaviour: ServiceBehaviour<Item, Request>,
  options: ServiceOptions<Item>,
): Promise<SimulatedService<Item>> {
  const requests: string[] = [];
  const closing = new AbortController();
  let faults = new Faults(options.faults ?? []);

  const respond = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = incoming.url ?? '/';
    requests.push(target);
    const request = behaviour.read(target);
    if (request === undefined) return sendAnswer(response, emptyAnswer(404), [], closing.signal);
    if (incoming.method !== 'GET') return sendAnswer(response, emptyAnswer(405), [], closing.signal);
    const taken = faults.take(request.item);
    await sendAnswer(response, await behaviour.answer(request, taken), taken, closing.signal);
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    respond(incoming, response).catch(() => response.destroy());
  };

  const server = options.tls === undefined ? createHttpServer(listener) : createHttpsServer(options.tls, listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`,
    requests,
    setFaults: (next) => {
      faults = new Faults(next);
    },
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
