/** Adds one operation of the contract to the server: its method, and a refusal for the other methods of its path. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import { addAuditContext } from '../audit/context.ts';
import type { AuditedOperation } from '../audit/operations.ts';
import { refuseRequest } from './refusal.ts';

/** The server as routes see it: whichever transport it has. */
export type Routes = Pick<FastifyInstance<RawServerDefault>, 'route'>;

/** One operation. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Under which name its requests are put down in the audit record; absent: they are not. */
  readonly audit?: AuditedOperation;
  /** Which provider its requests are about, for the audit record: noted before anything can refuse them. */
  readonly provider?: (request: FastifyRequest) => string | undefined;
  /** Path pattern, relative to the provider's base URI. */
  readonly path: string;
  /** Whether pages of any origin may read its replies, without credentials (Fetch, section 3.3, CORS); default: no. */
  readonly isPublic?: boolean;
  /** Runs before the body is read, whatever type it has. */
  readonly beforeBody?: () => void;
  /** Whether its bodies may be text/plain as well as application/json; default: no. */
  readonly takesText?: boolean;
  /** Returns what is sent: the reply itself, or text with its headers set. */
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | FastifyReply;
}

const anyOrigin = ['access-control-allow-origin', '*'] as const;
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Adds the operations that share one path. `HEAD` comes with `GET`. */
export function addOperations(routes: Routes, operations: readonly Operation[]): void {
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const here = operations.filter((operation) => operation.path === path);
    for (const { method, audit, provider, isPublic = false, beforeBody, takesText = false, handle } of here) {
      const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
        if (isPublic) reply.header(...anyOrigin);
        if (audit !== undefined) addAuditContext(request, { operation: audit, provider: provider?.(request) });
        if (!takesText) checkContentType(request);
      };
      const preParsing = async (): Promise<void> => beforeBody?.();
      const handler = async (request: FastifyRequest, reply: FastifyReply) => handle(request, reply);
      routes.route({ method, url: path, onRequest, preParsing, handler });
    }
    const isPublic = here.some((operation) => operation.isPublic === true);
    if (isPublic) routes.route({ method: 'OPTIONS', url: path, handler: async (_request, reply) => preflight(reply) });
    const allowed = here.map(({ method }) => method);
    const answered: readonly string[] = isPublic ? [...allowed, 'OPTIONS'] : allowed;
    routes.route({
      method: methods.filter((method) => !answered.includes(method)),
      url: path,
      preParsing: async (_request, reply) => {
        reply.header('allow', allowed.join(', '));
        refuseRequest('method-not-allowed', 'method', `use ${allowed.join(' or ')}`);
      },
      handler: async (_request, reply) => reply,
    });
  }
}

/** The answer to a browser that asks first: headers of the caller's own make it do so. */
function preflight(reply: FastifyReply): FastifyReply {
  return reply
    .code(204)
    .header(...anyOrigin)
    .header('access-control-allow-methods', 'GET, HEAD')
    .header('access-control-allow-headers', '*')
    .header('access-control-max-age', '86400')
    .send();
}

function checkContentType({ headers }: FastifyRequest): void {
  if (!/^\s*text\/plain\b/i.test(headers['content-type'] ?? '')) return;
  refuseRequest('content-type-unsupported', 'content-type', 'send application/json');
}
