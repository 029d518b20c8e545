/** Rates of one thing, requests or endorsement look-ups: by owner, by provider and, where there is a limit for it, in all. */

import { type Rate, RateTable } from './rate-table.ts';
import { overloaded, tooManyRequests } from './refuse.ts';
import { rememberedOwners, strangersShare } from './settings.ts';
import { keyOf, type Owner } from './slots.ts';

/** The rates that count; asked each time. */
export interface BudgetRates {
  readonly address: Rate;
  readonly caller: Rate;
  readonly provider: Rate;
  readonly total?: Rate;
}

/** Providers are known by name before they are counted, so that strangers cannot fill this. */
const rememberedProviders = 10_000;

/** The budgets. */
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

  /** Takes one from every budget that counts. Throws `RequestRefused`, and takes none, when one of them is used up. */
  take(owner: Owner, provider: string | undefined): void {
    const rates = this.#rates();
    const key = keyOf(owner);
    const ofOwner = this.#owners.waitMs(key, rates[owner.kind]);
    if (ofOwner > 0) throw tooManyRequests(owner.kind, `it used up its ${this.#what}`, ofOwner);
    const ofProvider = provider === undefined ? [] : this.#sharesOf(owner, `provider ${provider}`, rates.provider);
    const providerWait = this.#longestWait(ofProvider);
    if (providerWait > 0) throw tooManyRequests('provider', `its ${this.#what} are used up`, providerWait);
    const ofAll = rates.total === undefined ? [] : this.#sharesOf(owner, 'total', rates.total);
    const wait = this.#longestWait(ofAll);
    if (wait > 0) throw overloaded(`the ${this.#what} of this instance are used up`, wait);
    this.#owners.take(key, rates[owner.kind]);
    for (const [name, rate] of [...ofProvider, ...ofAll]) this.#shared.take(name, rate);
  }

  /** Strangers have a part of a shared budget: they use up that part and the whole; callers only the whole. */
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
