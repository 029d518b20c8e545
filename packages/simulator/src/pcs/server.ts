/** A server that speaks as Intel's certification service or as a PCCS would, from any collateral, with any fault. */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { IntelCollateral } from '@atesto/evidence';
import { type PcsDialect, type PcsRequest, pcsAnswer, readPcsRequest } from './answers.ts';
import { type PcsFault, PcsFaults, sendAnswer } from './faults.ts';

/** How the server behaves. */
export interface PcsServerOptions {
  /** What it serves: always the same, or chosen by the request (undefined: not found). */
  readonly collateral:
    | IntelCollateral
    | ((request: PcsRequest) => IntelCollateral | undefined | Promise<IntelCollateral | undefined>);
  /** Default: pcs. */
  readonly dialect?: PcsDialect;
  /** Default: none. */
  readonly faults?: readonly PcsFault[];
  /** PEM; default: plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Default: any free one. */
  readonly port?: number;
}

/** A running server on the loopback interface. */
export interface PcsServer {
  /** The origin, without a path: `http://127.0.0.1:port`. */
  readonly url: string;
  /** Paths with queries, in the order of arrival. */
  readonly requests: readonly string[];
  /** Replaces the faults. */
  setFaults(faults: readonly PcsFault[]): void;
  /** Stops listening and breaks off what hangs. */
  close(): Promise<void>;
}

function respondEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': 0 }).end();
}

/** Starts a server. */
export async function startPcsServer(options: PcsServerOptions): Promise<PcsServer> {
  const requests: string[] = [];
  const closing = new AbortController();
  let faults = new PcsFaults(options.faults ?? []);

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = incoming.url ?? '/';
    requests.push(target);
    const request = readPcsRequest(target);
    if (request === undefined) return respondEmpty(response, 404);
    if (incoming.method !== 'GET') return respondEmpty(response, 405);
    const { collateral } = options;
    const served = typeof collateral === 'function' ? await collateral(request) : collateral;
    const taken = faults.take(request.item);
    await sendAnswer(response, pcsAnswer(request, served, options.dialect ?? 'pcs', taken), taken, closing.signal);
  };
  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    answer(incoming, response).catch(() => response.destroy());
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
      faults = new PcsFaults(next);
    },
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
