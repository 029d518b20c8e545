/** Adds one operation of the contract to the server: its method, and a refusal for the other methods of its path. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import { refuseRequest } from './refusal.ts';

/** The server as routes see it: whichever transport it has. */
export type Routes = Pick<FastifyInstance<RawServerDefault>, 'route'>;

/** One operation. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path pattern, relative to the provider's base URI. */
  readonly path: string;
  /** Returns what is sent: the reply itself, or text with its headers set. */
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Adds the operations that share one path. `HEAD` comes with `GET`. */
export function addOperations(routes: Routes, operations: readonly Operation[]): void {
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const here = operations.filter((operation) => operation.path === path);
    for (const { method, handle } of here) {
      routes.route({ method, url: path, handler: async (request, reply) => handle(request, reply) });
    }
    const allowed = here.map(({ method }) => method);
    routes.route({
      method: methods.filter((method) => !allowed.some((one) => one === method)),
      url: path,
      preParsing: async (_request, reply) => {
        reply.header('allow', allowed.join(', '));
        refuseRequest('method-not-allowed', 'method', `use ${allowed.join(' or ')}`);
      },
      handler: async (_request, reply) => reply,
    });
  }
}
