/** Rate limits of requests or of endorsement lookups: by owner, by provider and, if configured, in total. */
import type { RequestRefused } from '../http/refusal.ts';
import { keyOf, type Owner, rememberedOwners, strangersShare } from './owner.ts';
import { type Rate, RateTable } from './rate-table.ts';
import { overloaded, tooManyRequests } from './refusals.ts';

/** The rates that count; asked each time. */
export interface BudgetRates {
  readonly address: Rate;
  readonly caller: Rate;
  readonly provider: Rate;
  readonly total?: Rate;
}

/** Only existing providers are counted, so strangers cannot fill this table. */
const rememberedProviders = 10_000;

/** The budgets for one kind of action. */
export class Budgets {
  readonly #what: string;
  readonly #rates: () => BudgetRates;
  readonly #owners: RateTable;
  readonly #shared: RateTable;

  constructor(what: string, rates: () => BudgetRates, nowMs: () => number) {
    this.#what = what;
    this.#rates = rates;
    this.#owners = new RateTable(rememberedOwners, nowMs);
    this.#shared = new RateTable(rememberedProviders, nowMs);
  }

  /** How many owners are remembered. */
  get size(): number {
    return this.#owners.size;
  }

  /** Why nothing can be taken now; undefined if it can. */
  refusalOf(owner: Owner, provider: string | undefined): RequestRefused | undefined {
    const rates = this.#rates();
    const ofOwner = this.#owners.waitMs(keyOf(owner), rates[owner.kind]);
    if (ofOwner > 0) return tooManyRequests(owner.kind, `it used up its ${this.#what}`, ofOwner);
    const ofProvider = this.#longestWait(this.#ofProvider(owner, provider));
    if (ofProvider > 0) return tooManyRequests('provider', `its ${this.#what} are used up`, ofProvider);
    const ofAll = this.#longestWait(this.#ofAll(owner));
    return ofAll > 0 ? overloaded(`the ${this.#what} of this instance are used up`, ofAll) : undefined;
  }

  /** Takes one from every budget that counts. */
  take(owner: Owner, provider: string | undefined): void {
    this.#owners.take(keyOf(owner), this.#rates()[owner.kind]);
    for (const [name, rate] of this.#ofProvider(owner, provider)) this.#shared.take(name, rate);
    for (const [name, rate] of this.#ofAll(owner)) this.#shared.take(name, rate);
  }

  #ofProvider(owner: Owner, provider: string | undefined): [string, Rate][] {
    return provider === undefined ? [] : this.#sharesOf(owner, `provider ${provider}`, this.#rates().provider);
  }

  #ofAll(owner: Owner): [string, Rate][] {
    const { total } = this.#rates();
    return total === undefined ? [] : this.#sharesOf(owner, 'total', total);
  }

  /** Strangers draw on their part of a shared budget and on the whole; callers only on the whole. */
  #sharesOf({ kind }: Owner, key: string, rate: Rate): [string, Rate][] {
    if (kind === 'caller') return [[key, rate]];
    const part = { perSecond: rate.perSecond * strangersShare, burst: Math.max(1, rate.burst * strangersShare) };
    return [
      [`${key} strangers`, part],
      [key, rate],
    ];
  }

  #longestWait(shares: readonly [string, Rate][]): number {
    return Math.max(0, ...shares.map(([key, rate]) => this.#shared.waitMs(key, rate)));
  }
}

/** The endorsement lookups at outside services that one request may cause. */
export interface LookupBudget {
  /** Whether one more lookup may be made now; counts it. */
  readonly mayFetch: () => boolean;
  /** Throws `RequestRefused` with `too-many-requests` or `service-overloaded` if a needed lookup was not permitted. */
  readonly refuseIfUsedUp: () => void;
}

/** For work that no stranger causes. */
export const unlimitedLookups: LookupBudget = { mayFetch: () => true, refuseIfUsedUp: () => {} };
