/** Gives the answers of a source together with all that is known to be revoked: the rule of `rule.ts`, for every kind of endorsements. */
import type { ListIssuer } from '@atesto/evidence/advanced';
import type { Freshness } from '../freshness.ts';
import type { EndorsementOptions, EndorsementResult, EndorsementSource } from '../source.ts';
import type { RevocationListStore } from './list-store.ts';
import { type CombinedLists, combineLists } from './rule.ts';

/** One list of endorsements: whose it is, and how it is replaced. */
export interface ListSlot<Value> {
  readonly issuer: ListIssuer;
  /** Whether the list is a genuine one, or there is none; a list that is not genuine stays where it is, to be refused. */
  readonly isReplaceable: boolean;
  /** The endorsements with another list there. */
  replace(value: Value, list: Uint8Array): Value;
}

/** What must be known of one kind of endorsements. */
export interface RevocableKind<Value> {
  /** Empty: no trusted authority stands above them. */
  slotsOf(value: Value): readonly ListSlot<Value>[];
  withFurther(value: Value, lists: readonly Uint8Array[]): Value;
  /** When the first part is due to be replaced; undefined when that cannot be read. */
  nextUpdateOf(value: Value): Date | undefined;
}

/** Endorsements with all lists that concern them, and what they were made of. */
interface United<Value> {
  readonly value: Value;
  readonly nextUpdate: Date | undefined;
  /** The lists, to see whether anything changed. */
  readonly lists: readonly Uint8Array[];
}

/** About the source. */
export interface StoredListsOptions {
  /**
   * A cache cannot know that its list is superseded by one that came another way and has expired meanwhile: it is then asked to renew. Default:
   * false.
   */
  readonly isCache?: boolean;
}

/** The same object stands for the same bytes, here as in every source. */
interface Known<Value> {
  readonly slots: readonly ListSlot<Value>[];
  united?: United<Value>;
}

/** Stores the lists of endorsements, whatever else is wrong with these: a list that revokes its own authority must count. */
export async function storeLists<Value>(
  value: Value,
  kind: RevocableKind<Value>,
  listStore: RevocationListStore,
): Promise<void> {
  for (const { issuer } of kind.slotsOf(value)) await listStore.take(issuer);
}

/**
 * A source whose answers carry the newest stored lists and what older ones revoke besides. The lists of each answer are stored from then on.
 */
export function withStoredLists<Request, Value extends object>(
  source: EndorsementSource<Request, Value>,
  kind: RevocableKind<Value>,
  listStore: RevocationListStore,
  { isCache = false }: StoredListsOptions = {},
): EndorsementSource<Request, Value> {
  const known = new WeakMap<Value, Known<Value>>();

  async function factsOf(value: Value): Promise<Known<Value>> {
    const before = known.get(value);
    if (before !== undefined) return before;
    const facts = { slots: kind.slotsOf(value) };
    for (const { issuer } of facts.slots) await listStore.take(issuer);
    known.set(value, facts);
    return facts;
  }

  async function unite(value: Value, at: Date): Promise<United<Value>> {
    const facts = await factsOf(value);
    const combined: (readonly [ListSlot<Value>, CombinedLists])[] = [];
    for (const slot of facts.slots.filter(({ isReplaceable }) => isReplaceable)) {
      const lists = combineLists([...slot.issuer.lists, ...(await listStore.of(slot.issuer))], at);
      if (lists !== undefined) combined.push([slot, lists]);
    }
    const further = combined.flatMap(([, lists]) => lists.further.map(({ der }) => der));
    const lists = [...combined.map(([, { dating }]) => dating.der), ...further];
    if (facts.united !== undefined && areSame(lists, facts.united.lists)) return facts.united;
    let united = value;
    for (const [slot, { dating }] of combined) united = slot.replace(united, dating.der);
    if (further.length > 0) united = kind.withFurther(united, further);
    facts.united = { value: united, nextUpdate: kind.nextUpdateOf(united), lists };
    return facts.united;
  }

  async function unitedResult(
    result: EndorsementResult<Value>,
    options: EndorsementOptions,
  ): Promise<EndorsementResult<Value>> {
    if (!result.ok) return result;
    const { value, nextUpdate } = await unite(result.value.collateral, options.at);
    if (value === result.value.collateral || result.value.freshness === undefined) {
      return { ok: true, value: { ...result.value, collateral: value } };
    }
    return { ok: true, value: { collateral: value, freshness: fresh(result.value.freshness, nextUpdate, options.at) } };
  }

  async function get(request: Request, options: EndorsementOptions): Promise<EndorsementResult<Value>> {
    const found = await source.get(request, options);
    const result = await unitedResult(found, options);
    if (!isCache || !isFresh(found) || isFresh(result)) return result;
    const renewed = await unitedResult(await source.get(request, { ...options, renew: true }), options);
    return renewed.ok ? renewed : result;
  }

  return { ...(source.name === undefined ? {} : { name: source.name }), get };
}

function isFresh(result: EndorsementResult<unknown>): boolean {
  return result.ok && result.value.freshness?.stale !== true;
}

function fresh(freshness: Freshness, nextUpdate: Date | undefined, at: Date): Freshness {
  if (nextUpdate === undefined) return freshness;
  if (at > nextUpdate) return { ...freshness, nextUpdate, stale: true };
  const { graceUntil: _, ...others } = freshness;
  return { ...others, nextUpdate, stale: false };
}

function areSame(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return some.length === others.length && some.every((one, index) => Buffer.compare(one, others[index] ?? one) === 0);
}
