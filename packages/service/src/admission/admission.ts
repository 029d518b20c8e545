/**
 * Admits requests before anything works for them: each address, each caller with a valid access token and each provider has its share of
 * the service, and all together have no more than it can bear. Every count is of this instance alone.
 */
import { hash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { skipAudit } from '../audit/context.ts';
import { callerAddress } from '../http/caller-address.ts';
import { whenEnded } from '../http/pipelining.ts';
import { RequestRefused } from '../http/refusal.ts';
import { leaveOutOfLog } from '../http/request-log.ts';
import { Budgets, type LookupBudget, unlimitedLookups } from './budgets.ts';
import type { Connections } from './connections.ts';
import type { FairTurns } from './fair-turns.ts';
import { type AdmissionLimits, addressKey, keyOf, type Owner, rememberedOwners } from './owner.ts';
import { growingTo, type Rate, RateTable } from './rate-table.ts';
import { type AdmissionRefusals, tooManyRequests } from './refusals.ts';
import { type Presented, type Slot, Slots } from './slots.ts';

/** What {@link Admission} needs. */
export interface AdmissionDeps {
  readonly limits: AdmissionLimits;
  /** A monotonic clock in milliseconds. */
  readonly nowMs: () => number;
  readonly connections: Pick<Connections, 'began' | 'ended' | 'authenticated'>;
  readonly turns: Pick<FairTurns, 'take'>;
  readonly refusals: Pick<AdmissionRefusals, 'count'>;
  /** The provider that a request addresses; undefined: there is none of that name. */
  readonly providerOf: (request: FastifyRequest) => string | undefined;
}

/** A request that was admitted. */
interface Admitted extends Slot {
  readonly address: string;
  owner: Owner | undefined;
  presented: Presented | undefined;
  isWorking: boolean;
  isAnswered: boolean;
  hasLeft: boolean;
}

const fresh = { isWorking: false, isAnswered: false, hasLeft: false };
/** How many 429 responses are delayed at the same time. */
const maxDelayedRefusals = 1000;
const healthPaths: readonly (string | undefined)[] = ['/healthz', '/readyz'];

/** The admission of one service. */
export class Admission {
  readonly #deps: AdmissionDeps;
  readonly #slots: Slots;
  #delayedRefusals = 0;
  readonly #requests: Budgets;
  readonly #lookups: Budgets;
  /** Health checks, and tokens that have not been verified, have budgets of their own: a flood of other requests must not use them up. */
  readonly #healthChecks: RateTable;
  readonly #tokenAttempts: RateTable;
  readonly #knownTokens = new LRUCache<string, true>(growingTo(rememberedOwners));
  readonly #admitted = new WeakMap<FastifyRequest, Admitted>();
  #limits: AdmissionLimits;

  constructor(deps: AdmissionDeps) {
    const { nowMs } = deps;
    this.#deps = deps;
    this.#limits = deps.limits;
    this.#slots = new Slots(() => this.#limits);
    this.#requests = new Budgets('requests', () => requestRates(this.#limits), nowMs);
    this.#lookups = new Budgets('endorsement lookups', () => lookupRates(this.#limits), nowMs);
    this.#healthChecks = new RateTable(rememberedOwners, nowMs);
    this.#tokenAttempts = new RateTable(rememberedOwners, nowMs);
  }

  /** What is held at the moment. */
  get held(): { readonly requests: number; readonly bytes: number; readonly owners: number } {
    return { ...this.#slots.held, owners: this.#requests.size };
  }

  /** Puts other limits in force. Requests in flight stay admitted. */
  configure(limits: AdmissionLimits): void {
    this.#limits = limits;
  }

  /**
   * The first hook of a request: addresses take turns. Throws `RequestRefused` with `too-many-requests`, after a delay, or `service-overloaded`.
   * Responses cost work too: the delay bounds how many a client that waits for each one can cause.
   */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      await this.#deps.turns.take(keyOf({ kind: 'address', key: addressKey(callerAddress(request)) }));
      // The client disconnected meanwhile.
      if (request.raw.socket.destroyed) reply.hijack();
      else this.#admit(request, reply);
    } catch (error) {
      if (error instanceof RequestRefused && error.status === 429) await this.#delayRefusal(reply);
      throw error;
    }
  }

  /** Delayed responses cost memory, so their number is limited. Delays vary, so that clients do not retry all at once. */
  async #delayRefusal(reply: FastifyReply): Promise<void> {
    if (this.#delayedRefusals >= maxDelayedRefusals) return;
    this.#delayedRefusals += 1;
    await pauseFor(this.#limits.refusalDelayMs * (0.5 + Math.random()), reply);
    this.#delayedRefusals -= 1;
  }

  #admit(request: FastifyRequest, reply: FastifyReply): void {
    const address = addressKey(callerAddress(request));
    this.#orRefuse(request, address, () => {
      if (healthPaths.includes(request.routeOptions.url)) return this.#takeFrom(this.#healthChecks, address);
      const admitted = this.#enter(request, address);
      const { socket } = request.raw;
      this.#deps.connections.began(socket);
      whenEnded(reply.raw, () => {
        this.#deps.connections.ended(socket);
        admitted.isAnswered = true;
        this.#leaveWhenDone(admitted);
      });
    });
  }

  /** From here on the request is being worked on, even if its sender disconnects, until {@link Admission.finish}. */
  begin(request: FastifyRequest): void {
    const admitted = this.#admitted.get(request);
    if (admitted !== undefined) admitted.isWorking = true;
  }

  finish(request: FastifyRequest): void {
    const admitted = this.#admitted.get(request);
    if (admitted === undefined) return;
    admitted.isWorking = false;
    this.#leaveWhenDone(admitted);
  }

  /** A valid access token came: from now on the request uses the budget of its caller. Throws `RequestRefused` with `too-many-requests`. */
  authenticated(request: FastifyRequest, caller: string): void {
    const admitted = this.#admitted.get(request);
    if (admitted === undefined || admitted.owner?.kind === 'caller') return;
    const { address, provider } = admitted;
    const owner: Owner = { kind: 'caller', key: caller };
    this.#deps.connections.authenticated(request.raw.socket);
    this.#knownTokens.set(tokenKey(request), true);
    if (admitted.presented?.by === 'address') this.#tokenAttempts.giveBack(address, rateOf(this.#limits.address));
    this.#slots.leave(admitted);
    admitted.owner = owner;
    admitted.presented = undefined;
    const refused = this.#slots.refusalOf(admitted);
    this.#slots.enter(admitted);
    this.#orRefuse(request, address, () => {
      if (refused !== undefined) throw refused;
      this.#take(owner, provider);
    });
  }

  /** Resolves when the request may begin its work: owners of requests take turns. */
  turn(request: FastifyRequest): Promise<void> {
    return this.#admitted.has(request) ? this.#deps.turns.take(this.ownerOf(request)) : Promise.resolve();
  }

  /** Whose request it is: the caller's, or the address's while there is none. */
  ownerOf(request: FastifyRequest): string {
    const address = addressKey(callerAddress(request));
    return keyOf(this.#admitted.get(request)?.owner ?? { kind: 'address', key: address });
  }

  /** Counts memory that the body of a request is about to use. Throws `RequestRefused`. */
  holdBytes(request: FastifyRequest, bytes: number): void {
    const admitted = this.#admitted.get(request);
    if (admitted === undefined) return;
    this.#orRefuse(request, admitted.address, () => this.#slots.hold(admitted, admitted.address, bytes));
  }

  /** The lookups at outside services that a request may cause; each is counted before it is made. */
  lookupsOf(request: FastifyRequest): LookupBudget {
    const admitted = this.#admitted.get(request);
    if (admitted === undefined) return unlimitedLookups;
    let refused: RequestRefused | undefined;
    return {
      mayFetch: () => {
        const { address, owner = { kind: 'address', key: address }, provider } = admitted;
        refused = this.#lookups.refusalOf(owner, provider);
        if (refused === undefined) this.#lookups.take(owner, provider);
        return refused === undefined;
      },
      refuseIfUsedUp: () =>
        this.#orRefuse(request, admitted.address, () => {
          if (refused !== undefined) throw refused;
        }),
    };
  }

  #enter(request: FastifyRequest, address: string): Admitted {
    const provider = this.#deps.providerOf(request);
    const presented = this.#presentedBy(request, address);
    const owner: Owner | undefined = presented === undefined ? { kind: 'address', key: address } : undefined;
    const refused = this.#slots.refusalOf({ owner, presented, provider });
    if (refused !== undefined) throw refused;
    // Verification is costly, so unknown tokens have a budget. A token that was valid before is always verified.
    if (presented?.by === 'address') this.#takeFrom(this.#tokenAttempts, address);
    if (owner !== undefined) this.#take(owner, provider);
    const admitted = { address, owner, presented, provider, bytes: 0, ...fresh };
    this.#slots.enter(admitted);
    this.#admitted.set(request, admitted);
    return admitted;
  }

  #presentedBy(request: FastifyRequest, address: string): Presented | undefined {
    if (request.headers.authorization === undefined) return undefined;
    const key = tokenKey(request);
    return this.#knownTokens.has(key) ? { by: 'token', key } : { by: 'address', key: address };
  }

  #take(owner: Owner, provider: string | undefined): void {
    const refused = this.#requests.refusalOf(owner, provider);
    if (refused !== undefined) throw refused;
    this.#requests.take(owner, provider);
  }

  #takeFrom(table: RateTable, address: string): void {
    const rate = rateOf(this.#limits.address);
    const waitMs = table.waitMs(address, rate);
    if (waitMs > 0) throw tooManyRequests('address', 'it used up its requests', waitMs);
    table.take(address, rate);
  }

  #leaveWhenDone(admitted: Admitted): void {
    if (admitted.isWorking || !admitted.isAnswered || admitted.hasLeft) return;
    admitted.hasLeft = true;
    this.#slots.leave(admitted);
    // It was let through for being known, and was not valid any more.
    if (admitted.presented?.by === 'token') this.#knownTokens.delete(admitted.presented.key);
  }

  /** Requests that are not admitted are counted; neither the log nor the audit record has a line for each. */
  #orRefuse(request: FastifyRequest, address: string, admit: () => void): void {
    try {
      admit();
    } catch (error) {
      if (error instanceof RequestRefused) {
        leaveOutOfLog(request);
        skipAudit(request);
        this.#deps.refusals.count(address, error.refusal.code);
      }
      throw error;
    }
  }
}

/** Ends early when the client leaves. */
function pauseFor(milliseconds: number, { raw }: FastifyReply): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  whenEnded(raw, () => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}

function tokenKey({ headers }: FastifyRequest): string {
  return hash('sha256', headers.authorization ?? '', 'base64');
}

type RequestLimits = Pick<AdmissionLimits['address'], 'requestsPerSecond' | 'requestBurst'>;
type LookupLimits = Pick<AdmissionLimits['address'], 'lookupsPerSecond' | 'lookupBurst'>;

function rateOf({ requestsPerSecond, requestBurst }: RequestLimits): Rate {
  return { perSecond: requestsPerSecond, burst: requestBurst };
}

function lookupRate({ lookupsPerSecond, lookupBurst }: LookupLimits): Rate {
  return { perSecond: lookupsPerSecond, burst: lookupBurst };
}

function requestRates({ address, caller, provider }: AdmissionLimits) {
  return { address: rateOf(address), caller: rateOf(caller), provider: rateOf(provider) };
}

function lookupRates({ address, caller, provider, total }: AdmissionLimits) {
  return {
    address: lookupRate(address),
    caller: lookupRate(caller),
    provider: lookupRate(provider),
    total: lookupRate(total),
  };
}
