/** Connects the admission layer to a server: its hooks run before and after all operations. */
import type { FastifyRequest } from 'fastify';
import type { ServiceConfig } from '../config/schema.ts';
import { readBodiesLate } from '../http/request-body.ts';
import type { HttpServer } from '../http/server.ts';
import { Admission } from './admission.ts';
import { type ConnectionLimits, Connections } from './connections.ts';
import { FairTurns } from './fair-turns.ts';
import { rememberedOwners } from './owner.ts';
import { RateTable } from './rate-table.ts';
import { AdmissionRefusals } from './refusals.ts';

/** What is held at one moment, and what was refused so far. */
export interface AdmissionFigures {
  /** Requests in flight, and the memory of their bodies in bytes. */
  readonly requests: number;
  readonly bodyBytes: number;
  readonly connections: number;
  /** How many addresses and callers are remembered for their rate. */
  readonly owners: number;
  /** By code since the start: those of replies, `connection-refused` and `connection-evicted`. */
  readonly refused: ReadonlyMap<string, number>;
}

/** The admission of a running service. */
export interface OpenAdmission extends Pick<Admission, 'authenticated' | 'ownerOf' | 'lookupsOf' | 'finish'> {
  readonly figures: AdmissionFigures;
  /** Puts other limits in force. */
  configure(config: Pick<ServiceConfig, 'admission' | 'limits'>): void;
  /** Logs what was refused since the last time. */
  logRefusals(): void;
}

/** Adds the hooks that come before all work. {@link finishAfterSending} adds the one that comes after it. */
export function openAdmission(
  app: HttpServer,
  config: ServiceConfig,
  providerOf: (request: FastifyRequest) => string | undefined,
  nowMs: () => number = () => performance.now(),
): OpenAdmission {
  const refusals = new AdmissionRefusals(app.log);
  let limits = connectionLimits(config);
  const turns = new FairTurns();
  const connections = new Connections(
    () => limits,
    new RateTable(rememberedOwners, nowMs),
    turns,
    config.listen.trustedProxies,
    (address, code) => refusals.count(address, code),
  );
  connections.attach(app.server);
  const admission = new Admission({ limits: config.admission, nowMs, connections, turns, refusals, providerOf });
  readBodiesLate(app, config.limits.bodyBytes, (request) => ({
    hold: (bytes) => admission.holdBytes(request, bytes),
    turn: () => admission.turn(request),
  }));
  app.addHook('onRequest', (request, reply) => admission.admit(request, reply));
  app.addHook('preHandler', async (request) => admission.begin(request));
  return {
    get figures() {
      const { requests, bytes, owners } = admission.held;
      return { requests, bodyBytes: bytes, connections: connections.count, owners, refused: refusals.totals };
    },
    authenticated: (request, caller) => admission.authenticated(request, caller),
    ownerOf: (request) => admission.ownerOf(request),
    lookupsOf: (request) => admission.lookupsOf(request),
    finish: (request) => admission.finish(request),
    configure: (changed) => {
      admission.configure(changed.admission);
      limits = connectionLimits(changed);
    },
    logRefusals: () => refusals.writeLog(),
  };
}

function connectionLimits({ limits, admission }: Pick<ServiceConfig, 'admission' | 'limits'>): ConnectionLimits {
  const { connections, connectionsPerSecond, connectionBurst } = admission.address;
  const newPerAddress = { perSecond: connectionsPerSecond, burst: connectionBurst };
  return { total: limits.maxConnections, perAddress: connections, newPerAddress };
}

/** Adds the hook that ends what a request holds: after all others, so that what they do is counted too. */
export function finishAfterSending(app: HttpServer, admission: Pick<Admission, 'finish'>): void {
  app.addHook('onSend', async (request) => admission.finish(request));
}
