/** Counts refusals of admission and tells of them once a minute, one line for each address and code: a flood must not fill the log. */
import type { FastifyBaseLogger } from 'fastify';

const windowMs = 60_000;
/** Of how many pairs of address and code a minute tells; the others are told by their code alone. */
const toldPairs = 100;

/** What was refused since the last lines. */
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

  /** Counts one. `address` as in {@link addressKey}. */
  count(address: string, code: string): void {
    this.#totals.set(code, (this.#totals.get(code) ?? 0) + 1);
    const key = `${address} ${code}`;
    const isTold = this.#pairs.has(key) || this.#pairs.size < toldPairs;
    this.#add(isTold ? key : code, isTold ? address : undefined, code);
    this.#timer ??= setTimeout(() => this.tell(), windowMs).unref();
  }

  /** Writes the lines of what was counted since the last ones. */
  tell(): void {
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
