/**
 * The emulator's HTTP server on loopback: simulated evidence and its endorsements, and Azure's managed identity endpoint. None of it is part of
 * the attestation service.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { collateralToJson } from '@atesto/testing/sgx';
import { z } from 'zod';
import type { AccessTokens } from './access-tokens.ts';
import { evidenceRequest, makeEvidence } from './evidence.ts';
import type { SimulatedPlatforms } from './platforms.ts';

/** A running server. */
export interface SimulatorServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  close(): Promise<void>;
}

/** A status and a JSON value. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const host = '127.0.0.1';
const largestBody = 64 * 1024;
const ok = (body: unknown): Answer => ({ status: 200, body });
const refused = (status: number, code: string, message: string): Answer => ({
  status,
  body: { error: { code, message } },
});

/** Starts a server. Throws the error of the socket when it cannot listen. @param port 0 takes a free one */
export async function startSimulatorServer(
  port: number,
  platforms: SimulatedPlatforms,
  accessTokens: AccessTokens,
): Promise<SimulatorServer> {
  const routes = routesOf(platforms, accessTokens);
  const server = createServer((request, response) => {
    void answer(request, routes).then(
      (given) => send(response, given),
      () => send(response, refused(500, 'internal', 'the emulator has failed')),
    );
  });
  await listen(server, port);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return { url: `http://${host}:${bound}`, close: () => stop(server) };
}

type Route = (request: IncomingMessage, query: URLSearchParams) => Promise<Answer>;

function routesOf(platforms: SimulatedPlatforms, accessTokens: AccessTokens): ReadonlyMap<string, Route> {
  const evidence = async (given: unknown): Promise<Answer> => {
    const request = evidenceRequest.safeParse(given);
    if (!request.success) return refused(400, 'request-invalid', z.prettifyError(request.error));
    return ok(await makeEvidence(platforms, request.data));
  };
  return new Map<string, Route>([
    ['GET /simulator/evidence', async (_request, query) => evidence(Object.fromEntries(query))],
    ['POST /simulator/evidence', async (request) => evidence(await readBody(request))],
    ['GET /simulator/endorsements', async () => ok(await endorsementsOf(platforms))],
    ['POST /simulator/guest-reply', async (request) => openGuestReply(platforms, await readBody(request))],
    ['GET /metadata/identity/oauth2/token', (request, query) => managedIdentity(request, query, accessTokens)],
  ]);
}

async function answer(request: IncomingMessage, routes: ReadonlyMap<string, Route>): Promise<Answer> {
  // A page that a browser loaded from elsewhere may resolve its own name to this address.
  const named = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname;
  if (named !== host && named !== 'localhost') return refused(403, 'host-foreign', `send to ${host} or localhost`);
  const { pathname, searchParams } = new URL(request.url ?? '/', `http://${host}`);
  // Microsoft's library for Node ends the path of the managed identity endpoint with a slash.
  const route = routes.get(`${request.method} ${pathname.replace(/\/$/, '')}`);
  if (route !== undefined) return route(request, searchParams);
  return refused(404, 'not-found', `there is only ${[...routes.keys()].join(', ')}`);
}

async function endorsementsOf({ intel, amd, trustAnchors }: SimulatedPlatforms) {
  const at = new Date();
  const [sgx, tdx, list] = await Promise.all([
    intel.collateral({ at, tee: 'sgx' }),
    intel.collateral({ at, tee: 'tdx' }),
    amd.revocationList({ at }),
  ]);
  const { vcek, ask, ark } = amd.certificates;
  const [intelRoot, amdRoot] = trustAnchors;
  return {
    intel: { root: intelRoot, sgx: collateralToJson(sgx), tdx: collateralToJson(tdx) },
    amd: { root: amdRoot, vcek, certChain: ask + ark, revocationList: Buffer.from(list).toString('base64') },
  };
}

const guestReply = z.strictObject({ token: z.string().min(1) });

/** Opens what the service has sealed to the vTPM of the simulated Azure guest. */
async function openGuestReply(platforms: SimulatedPlatforms, given: unknown): Promise<Answer> {
  const request = guestReply.safeParse(given);
  if (!request.success) return refused(400, 'request-invalid', z.prettifyError(request.error));
  const guest = await platforms.guest();
  try {
    return ok({ token: guest.openReply(request.data.token) });
  } catch {
    return refused(400, 'reply-unreadable', 'this is no reply to the simulated guest');
  }
}

/** As Azure does, only requests with `Metadata: true` are answered: no form and no link can send that. */
async function managedIdentity(
  { headers }: IncomingMessage,
  query: URLSearchParams,
  accessTokens: AccessTokens,
): Promise<Answer> {
  const fault = (error: string, error_description: string): Answer => ({
    status: 400,
    body: { error, error_description },
  });
  if (headers.metadata !== 'true' || headers['x-forwarded-for'] !== undefined) {
    return fault('invalid_request', 'Required metadata header not specified');
  }
  const resource = query.get('resource');
  if (resource === null) return fault('invalid_request', 'the query has no resource');
  try {
    return ok(await accessTokens.tokenFor(resource));
  } catch (error) {
    return fault('invalid_resource', error instanceof Error ? error.message : 'there is no token for it');
  }
}

/** The JSON value; undefined when it is none or longer than 64 KiB. */
async function readBody(request: IncomingMessage): Promise<unknown> {
  const size = Number(request.headers['content-length'] ?? Number.NaN);
  if (!(size <= largestBody)) return undefined;
  try {
    return JSON.parse((await buffer(request)).toString());
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  return promise;
}

function stop(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
