/** Adds one operation of the contract to the server: its method, and a refusal for the other methods of its path. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import { addAuditContext } from '../audit/context.ts';
import { refuseRequest } from './refusal.ts';

/** The server as routes see it: whichever transport it has. */
export type Routes = Pick<FastifyInstance<RawServerDefault>, 'route'>;

/** One operation. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under which name its requests are put down in the audit record; absent: they are not. */
  readonly audit?: string;
  /** Which provider its requests are about, for the audit record: noted before anything can refuse them. */
  readonly provider?: (request: FastifyRequest) => string | undefined;
  /** Path pattern, relative to the provider's base URI. */
  readonly path: string;
  /** Whether its bodies may be text/plain as well as application/json; default: no. */
  readonly takesText?: boolean;
  /** Returns what is sent: the reply itself, or text with its headers set. */
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Adds the operations that share one path. `HEAD` comes with `GET`. */
export function addOperations(routes: Routes, operations: readonly Operation[]): void {
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const here = operations.filter((operation) => operation.path === path);
    for (const { method, audit, provider, takesText = false, handle } of here) {
      const onRequest = async (request: FastifyRequest): Promise<void> => {
        if (audit !== undefined) addAuditContext(request, { operation: audit, provider: provider?.(request) });
        if (!takesText) checkContentType(request);
      };
      routes.route({ method, url: path, onRequest, handler: async (request, reply) => handle(request, reply) });
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

function checkContentType({ headers }: FastifyRequest): void {
  if (!/^\s*text\/plain\b/i.test(headers['content-type'] ?? '')) return;
  refuseRequest('content-type-unsupported', 'content-type', 'send application/json');
}
