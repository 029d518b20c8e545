/** Makes and counts the refusals of admission, and logs them once a minute: a flood must not fill the log. */
import type { FastifyBaseLogger } from 'fastify';
import { serviceCodes } from '../codes.ts';
import { RequestRefused } from '../http/refusal.ts';

/** Whose limit was reached. */
export type LimitOf = 'address' | 'caller' | 'provider' | 'service';

/** A limit of one address, caller or provider was reached. @param waitMs when a retry makes sense; 0 if unknown */
export function tooManyRequests(of: LimitOf, what: string, waitMs = 0): RequestRefused {
  return refusal('too-many-requests', of, `${what}; retry after the time given in Retry-After`, waitMs);
}

/** A limit of the whole instance was reached. */
export function overloaded(what: string, waitMs = 0): RequestRefused {
  return refusal('service-overloaded', 'service', `${what}; retry after the time given in Retry-After`, waitMs);
}

function refusal(code: 'too-many-requests' | 'service-overloaded', where: LimitOf, why: string, waitMs: number) {
  const { status, wireCode } = serviceCodes[code];
  return new RequestRefused(status, wireCode, { code, where, why }, undefined, Math.max(1, Math.ceil(waitMs / 1000)));
}

const windowMs = 60_000;
/** How many pairs of address and code are logged per minute; the others are summed up by code. */
const maxLoggedPairs = 100;

/** The refusals of one address and code since the last log lines. */
interface Refused {
  readonly address: string | undefined;
  readonly code: string;
  readonly firstAt: Date;
  lastAt: Date;
  count: number;
}

/** The refusals of one service. */
export class AdmissionRefusals {
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;
  readonly #pairs = new Map<string, Refused>();
  readonly #totals = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#log = log;
  }

  /** How many were refused since the service started, by code. */
  get totals(): ReadonlyMap<string, number> {
    return this.#totals;
  }

  /** Counts one refusal. @param address an {@link addressKey} */
  count(address: string, code: string): void {
    this.#totals.set(code, (this.#totals.get(code) ?? 0) + 1);
    const key = `${address} ${code}`;
    const isListed = this.#pairs.has(key) || this.#pairs.size < maxLoggedPairs;
    this.#add(isListed ? key : code, isListed ? address : undefined, code);
    this.#timer ??= setTimeout(() => this.writeLog(), windowMs).unref();
  }

  /** Logs what was counted since the last time. */
  writeLog(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const refused = [...this.#pairs.values()];
    this.#pairs.clear();
    for (const line of refused) this.#log.warn({ event: 'admission-refused', ...line }, 'requests were not admitted');
  }

  #add(key: string, address: string | undefined, code: string): void {
    const now = new Date();
    const known = this.#pairs.get(key);
    if (known === undefined) this.#pairs.set(key, { address, code, firstAt: now, lastAt: now, count: 1 });
    else Object.assign(known, { lastAt: now, count: known.count + 1 });
  }
}
