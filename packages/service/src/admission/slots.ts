/** Counts requests in flight and the memory of their bodies, by owner, by provider and in total. */
import type { RequestRefused } from '../http/refusal.ts';
import { type AdmissionLimits, isStranger, keyOf, type Owner, shareOf } from './owner.ts';
import { overloaded, tooManyRequests } from './refusals.ts';

/** Who presented an access token that is not verified yet, which takes as long as its issuer takes to respond. */
export interface Presented {
  /** `token` if the same token was valid before, so that its sender is most likely known. */
  readonly by: 'address' | 'token';
  readonly key: string;
}

/** What one request holds. */
export interface Slot {
  /** Undefined until a presented token is verified. */
  readonly owner: Owner | undefined;
  /** Defined until the owner is. */
  readonly presented: Presented | undefined;
  readonly provider: string | undefined;
  bytes: number;
}

/** The requests in flight. */
export class Slots {
  readonly #limits: () => AdmissionLimits;
  readonly #requests = { owners: new Counts(), providers: new Counts(), strangersOf: new Counts() };
  readonly #presented = new Counts();
  readonly #bytesOf = new Counts();
  #all = 0;
  #strangers = 0;
  #unverified = 0;
  #bytes = 0;
  #strangersBytes = 0;

  constructor(limits: () => AdmissionLimits) {
    this.#limits = limits;
  }

  /** How many requests are in flight, and how many bytes their bodies take. */
  get held(): { readonly requests: number; readonly bytes: number } {
    return { requests: this.#all, bytes: this.#bytes };
  }

  /** Why a request cannot start now; undefined if it can. */
  refusalOf({ owner, presented, provider }: Omit<Slot, 'bytes'>): RequestRefused | undefined {
    const limits = this.#limits();
    if (presented !== undefined) return this.#refusalOfPresented(presented, limits);
    const { owners, providers, strangersOf } = this.#requests;
    if (owner !== undefined && owners.of(keyOf(owner)) >= limits[owner.kind].concurrentRequests) {
      return tooManyRequests(owner.kind, `${owners.of(keyOf(owner))} requests are in flight`);
    }
    const ofProvider = limits.provider.concurrentRequests;
    if (owner !== undefined && provider !== undefined) {
      const isFull = isStranger(owner) && strangersOf.of(provider) >= shareOf(ofProvider);
      if (isFull || providers.of(provider) >= ofProvider) {
        return tooManyRequests('provider', `${providers.of(provider)} requests to it are in flight`);
      }
    }
    const total = limits.total.concurrentRequests;
    const isFull = isStranger(owner) && (this.#strangers >= shareOf(total) || this.#leavesNoneForCallers(total));
    if (this.#all >= total || isFull) return overloaded(`${this.#all} requests are in flight`);
    return undefined;
  }

  #refusalOfPresented({ by, key }: Presented, { address, caller, total }: AdmissionLimits): RequestRefused | undefined {
    const [of, limits] = by === 'address' ? (['address', address] as const) : (['caller', caller] as const);
    const waiting = this.#presented.of(`${by} ${key}`);
    if (waiting >= limits.concurrentRequests) return tooManyRequests(of, `${waiting} requests are in flight`);
    const isFull = by === 'address' && this.#leavesNoneForCallers(total.concurrentRequests);
    return isFull || this.#all >= total.concurrentRequests
      ? overloaded(`${this.#all} requests are in flight`)
      : undefined;
  }

  /** Of what is kept for callers, half is open to tokens that are new: the rest is for those that were valid before. */
  #leavesNoneForCallers(total: number): boolean {
    return this.#strangers + this.#unverified >= total - Math.floor((total - shareOf(total)) / 2);
  }

  enter(slot: Slot): void {
    this.#count(slot, 1);
  }

  leave(slot: Slot): void {
    this.#count(slot, -1);
    this.#add(slot, -slot.bytes);
    slot.bytes = 0;
  }

  /** Takes memory for the body of a request. Throws `RequestRefused` before it is taken when there is none left. */
  hold(slot: Slot, address: string, bytes: number): void {
    const limits = this.#limits();
    const owner = slot.owner ?? { kind: 'address', key: address };
    const of = owner.kind;
    if (this.#bytesOf.of(keyOf(owner)) + bytes > limits[of].bodyBytes) {
      throw tooManyRequests(of, 'the bodies of its requests take all the memory that it may have');
    }
    const total = limits.total.bodyBytes;
    const isFull = isStranger(owner) && this.#strangersBytes + bytes > shareOf(total);
    if (isFull || this.#bytes + bytes > total) throw overloaded('the bodies of requests take all the memory for them');
    this.#add(slot, bytes);
  }

  #count({ owner, presented, provider }: Slot, change: 1 | -1): void {
    this.#all += change;
    if (presented !== undefined) {
      this.#presented.add(`${presented.by} ${presented.key}`, change);
      if (presented.by === 'address') this.#unverified += change;
    }
    if (owner === undefined) return;
    this.#requests.owners.add(keyOf(owner), change);
    if (isStranger(owner)) this.#strangers += change;
    if (provider === undefined) return;
    this.#requests.providers.add(provider, change);
    if (isStranger(owner)) this.#requests.strangersOf.add(provider, change);
  }

  #add(slot: Slot, bytes: number): void {
    slot.bytes += bytes;
    this.#bytes += bytes;
    if (slot.owner !== undefined) this.#bytesOf.add(keyOf(slot.owner), bytes);
    if (isStranger(slot.owner)) this.#strangersBytes += bytes;
  }
}

/** The current amount of each key; keys at 0 are removed. */
class Counts {
  readonly #amounts = new Map<string, number>();

  of(key: string): number {
    return this.#amounts.get(key) ?? 0;
  }

  /** @param amount negative to subtract */
  add(key: string, amount: number): void {
    const now = this.of(key) + amount;
    if (now > 0) this.#amounts.set(key, now);
    else this.#amounts.delete(key);
  }
}
