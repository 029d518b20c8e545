/** The HTTPS server: TLS, limits, time-outs, request ids, headers, error replies. It knows no operation. */
import Fastify, { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { addAuditContext } from '../audit/context.ts';
import type { ServiceConfig } from '../config/schema.ts';
import type { TlsMaterial } from '../tls/material.ts';
import { answerClientError } from './client-error.ts';
import { followOnConnection } from './pipelining.ts';
import { refuseRequest } from './refusal.ts';
import { refusalOfError } from './refusal-of.ts';
import { asRefusal, sendRefusal, stampHeaders } from './reply.ts';
import { discardRest } from './request-body.ts';
import { requestId } from './request-id.ts';
import { logRequest, noteForLog } from './request-log.ts';

/** Where log lines go; default: standard output. */
export interface LogSink {
  write(line: string): void;
}

/** The server of {@link createServer}. */
export type HttpServer = ReturnType<typeof createServer>;

/** Makes the server; routes are added by the caller. `challenge` gives the `WWW-Authenticate` of every 401. */
export function createServer(
  config: ServiceConfig,
  tls: TlsMaterial,
  challenge: () => string,
  sink: LogSink | undefined,
) {
  const { limits } = config;
  const app = Fastify({
    https: {
      key: tls.key,
      passphrase: tls.passphrase,
      cert: tls.certificate,
      minVersion: config.tls.minVersion,
      handshakeTimeout: limits.headersTimeoutMs,
      // Node looks for late clients only every 30 seconds otherwise.
      connectionsCheckingInterval: Math.ceil(limits.headersTimeoutMs / 4),
    },
    logger: { level: config.log.level, base: null, ...(sink === undefined ? {} : { stream: sink }) },
    genReqId: () => requestId(),
    requestIdHeader: false,
    trustProxy: config.listen.trustedProxies.length === 0 ? false : config.listen.trustedProxies,
    logController: new LogController({ requestIdLogLabel: 'requestId', disableRequestLogging: true }),
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { caseSensitive: false, maxParamLength: 200 },
    onProtoPoisoning: 'error',
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => {
      stampHeaders(request, reply);
      return sendRefusal(reply, asRefusal(error));
    },
  });
  app.server.headersTimeout = limits.headersTimeoutMs;
  app.addHook('onRequest', async (request, reply) => {
    if (!followOnConnection(request.raw, reply.raw)) return reply.hijack();
    return stampHeaders(request, reply);
  });
  app.addHook('onSend', async ({ raw }) => discardRest(raw));
  app.addHook('onResponse', async (request, reply) => logRequest(request, reply));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, challenge));
  app.setNotFoundHandler(() => refuseRequest('route-unknown', 'path', 'there is no such operation'));
  return app;
}

function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  challenge: () => string,
): FastifyReply {
  const refused = asRefusal(error);
  if (refused.status >= 500 && refusalOfError(error) === undefined) request.log.error({ err: error }, 'request failed');
  if (refused.status === 401) reply.header('www-authenticate', challenge());
  const { detail } = refused;
  noteForLog(request, { code: refused.refusal.code, ...(detail === undefined ? {} : { detail }) });
  addAuditContext(request, { code: refused.refusal.code, refusedAt: refused.refusal.where });
  return sendRefusal(reply, refused);
}
