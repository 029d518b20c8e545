/** The same guarded and unguarded routes behind each framework, real ones: `/guarded` and `/open` answer with the token's issuer. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import type { TokenExpectations, Verifier } from '../index.ts';
import * as forFastify from '../middleware/fastify.ts';
import { withAttestation } from '../middleware/fetch.ts';
import * as forHono from '../middleware/hono.ts';
import * as forNode from '../middleware/node.ts';

/** Asks a route. */
export type Ask = (headers: Record<string, string>, path?: string) => Promise<Response>;

/** Options that mean the same to each framework: `expect` gets the value of the header `x-session`. */
export interface FaceOptions {
  readonly header?: string;
  readonly expect?: (session: string | undefined) => TokenExpectations | undefined | Promise<TokenExpectations>;
}

type Face = (context: TestContext, verifier: Verifier, options?: FaceOptions) => Promise<Ask>;

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** The options of one framework, whose requests tell their session by `sessionOf`. */
function optionsFor<Request>({ header, expect }: FaceOptions, sessionOf: (request: Request) => string | undefined) {
  return {
    ...(header === undefined ? {} : { header }),
    ...(expect === undefined ? {} : { expect: (request: Request) => expect(sessionOf(request)) }),
  };
}

async function listening(context: TestContext, server: Server): Promise<Ask> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return (headers, path = '/guarded') => fetch(`http://127.0.0.1:${port}${path}`, { headers });
}

const nodeFace: Face = (context, verifier, options = {}) => {
  const sessionOf = (request: { headers: Record<string, string | string[] | undefined> }) =>
    single(request.headers['x-session']);
  const guard = forNode.requireAttestation(verifier, optionsFor(options, sessionOf));
  const server = createServer((request, response) => {
    const answer = (error?: unknown): void => {
      try {
        if (error !== undefined) throw error;
        response.end(forNode.attestationOf(request).issuer);
      } catch {
        response.writeHead(500).end('bug');
      }
    };
    if (request.url === '/guarded') guard(request, response, answer);
    else answer();
  });
  return listening(context, server);
};

const expressFace: Face = (context, verifier, options = {}) => {
  const app = express();
  // The error handler of Express writes errors to standard error, but not in this environment.
  app.set('env', 'test');
  const sessionOf = (request: express.Request) => single(request.headers['x-session']);
  app.use('/guarded', forNode.requireAttestation(verifier, optionsFor(options, sessionOf)));
  app.get(['/guarded', '/open'], (request, response) => {
    response.send(forNode.attestationOf(request).issuer);
  });
  return listening(context, createServer(app));
};

const fastifyFace: Face = async (context, verifier, options = {}) => {
  const app = fastify();
  context.after(() => app.close());
  const sessionOf = (request: forFastify.FastifyRequest) => single(request.headers['x-session']);
  const onRequest = forFastify.requireAttestation(verifier, optionsFor(options, sessionOf));
  app.get('/guarded', { onRequest }, (request) => forFastify.attestationOf(request).issuer);
  app.get('/open', (request) => forFastify.attestationOf(request).issuer);
  return async (headers, url = '/guarded') => {
    const answer = await app.inject({ url, headers });
    const received = Object.entries(answer.headers).map(([name, value]): [string, string] => [name, String(value)]);
    return new Response(answer.body, { status: answer.statusCode, headers: received });
  };
};

const honoFace: Face = async (_context, verifier, options = {}) => {
  const app = new Hono();
  const sessionOf = (context: forHono.HonoContext) => context.req.header('x-session');
  app.use('/guarded', forHono.requireAttestation(verifier, optionsFor(options, sessionOf)));
  for (const path of ['/guarded', '/open'])
    app.get(path, (context) => context.text(forHono.attestationOf(context).issuer));
  app.onError((_error, context) => context.text('bug', 500));
  return async (headers, path = '/guarded') => app.request(path, { headers });
};

const fetchFace: Face = async (_context, verifier, options = {}) => {
  const sessionOf = (request: Request) => request.headers.get('x-session') ?? undefined;
  const handler = withAttestation(
    verifier,
    (_request, attestation, platform: string) => new Response(attestation.issuer + platform),
    optionsFor(options, sessionOf),
  );
  // What a platform does with a handler that throws.
  const failed = (): Response => new Response('bug', { status: 500 });
  return async (headers, path = '/guarded') => {
    if (path === '/open') return failed();
    return handler(new Request(`https://service.example${path}`, { headers }), '').catch(failed);
  };
};

/** Every framework by its name. */
export const faces: Readonly<Record<string, Face>> = {
  'node:http': nodeFace,
  Express: expressFace,
  Fastify: fastifyFace,
  Hono: honoFace,
  fetch: fetchFace,
};
