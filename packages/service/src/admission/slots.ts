/** What the requests under way hold: their number and the memory of their bodies, by owner, by provider and in all. */
import type { RequestRefused } from '../http/refusal.ts';
import { Counts } from './counts.ts';
import { overloaded, tooManyRequests } from './refuse.ts';
import { type AdmissionLimits, strangersShare } from './settings.ts';

/** Whose budget a request uses. */
export interface Owner {
  readonly kind: 'address' | 'caller';
  /** The key of the address, or the name of the caller. */
  readonly key: string;
}

/** Who presented an access token that has not been verified, which can take as long as its issuer takes to answer. */
export interface Presented {
  /** The address; for a token that was valid a while ago: the token, whose sender is as good as known. */
  readonly by: 'address' | 'token';
  readonly key: string;
}

/** What one request holds. */
export interface Slot {
  /** Undefined while a token that was presented has not been verified. */
  readonly owner: Owner | undefined;
  /** Defined while the owner is not. */
  readonly presented: Presented | undefined;
  readonly provider: string | undefined;
  bytes: number;
}

/** The requests under way. */
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

  /** How many requests are under way, and how many bytes their bodies take. */
  get held(): { readonly requests: number; readonly bytes: number } {
    return { requests: this.#all, bytes: this.#bytes };
  }

  /** Why a request cannot begin now; undefined: it can. */
  refusalOf({ owner, presented, provider }: Omit<Slot, 'bytes'>): RequestRefused | undefined {
    const limits = this.#limits();
    if (presented !== undefined) return this.#refusalOfPresented(presented, limits);
    const { owners, providers, strangersOf } = this.#requests;
    if (owner !== undefined && owners.of(keyOf(owner)) >= limits[owner.kind].concurrentRequests) {
      return tooManyRequests(owner.kind, `${owners.of(keyOf(owner))} requests are under way`);
    }
    const ofProvider = limits.provider.concurrentRequests;
    if (owner !== undefined && provider !== undefined) {
      const isFull = isStranger(owner) && strangersOf.of(provider) >= shareOf(ofProvider);
      if (isFull || providers.of(provider) >= ofProvider) {
        return tooManyRequests('provider', `${providers.of(provider)} requests to it are under way`);
      }
    }
    const total = limits.total.concurrentRequests;
    const isFull = isStranger(owner) && (this.#strangers >= shareOf(total) || this.#leavesNoneForCallers(total));
    if (this.#all >= total || isFull) return overloaded(`${this.#all} requests are under way`);
    return undefined;
  }

  #refusalOfPresented({ by, key }: Presented, { address, caller, total }: AdmissionLimits): RequestRefused | undefined {
    const [of, limits] = by === 'address' ? (['address', address] as const) : (['caller', caller] as const);
    const waiting = this.#presented.of(`${by} ${key}`);
    if (waiting >= limits.concurrentRequests) return tooManyRequests(of, `${waiting} requests are under way`);
    const isFull = by === 'address' && this.#leavesNoneForCallers(total.concurrentRequests);
    return isFull || this.#all >= total.concurrentRequests
      ? overloaded(`${this.#all} requests are under way`)
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

/** Callers may call themselves what they like: a name never meets an address. */
export function keyOf({ kind, key }: Owner): string {
  return `${kind} ${key}`;
}

/** The part of a limit that requests without a valid access token may take. */
export function shareOf(limit: number): number {
  return Math.max(1, Math.floor(limit * strangersShare));
}

function isStranger(owner: Owner | undefined): boolean {
  return owner?.kind === 'address';
}
