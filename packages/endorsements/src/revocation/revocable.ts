/** Gives the answers of a source together with all that is held revoked: the rule of `rule.ts`, for every kind of endorsements. */
import type { ListIssuer } from '@atesto/evidence/advanced';
import type { Freshness } from '../freshness.ts';
import type { EndorsementOptions, EndorsementResult, EndorsementSource } from '../source.ts';
import type { HeldRevocationLists } from './held-lists.ts';
import { type CombinedLists, combineLists } from './rule.ts';

/** One list of endorsements: whose it is, and how it is replaced. */
export interface ListPlace<Value> {
  readonly issuer: ListIssuer;
  /** Whether the list is a genuine one, or there is none; a list that is not genuine stays where it is, to be refused. */
  readonly isReplaceable: boolean;
  /** The endorsements with another list there. */
  replace(value: Value, list: Uint8Array): Value;
}

/** What must be known of one kind of endorsements. */
export interface RevocableKind<Value> {
  /** Empty: no trusted authority stands above them. */
  placesOf(value: Value): readonly ListPlace<Value>[];
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
export interface HoldingOptions {
  /**
   * A cache cannot know that its list is superseded by one that came another way and has expired meanwhile: it is then asked to renew. Default:
   * false.
   */
  readonly isCache?: boolean;
}

/** The same object stands for the same bytes, here as in every source. */
interface Known<Value> {
  readonly places: readonly ListPlace<Value>[];
  united?: United<Value>;
}

/** Holds the lists of endorsements, whatever else is wrong with these: a list that revokes its own authority must count. */
export async function holdLists<Value>(
  value: Value,
  kind: RevocableKind<Value>,
  held: HeldRevocationLists,
): Promise<void> {
  for (const { issuer } of kind.placesOf(value)) await held.take(issuer);
}

/**
 * A source whose answers carry the newest held lists and what older ones revoke besides. The lists of each answer are held from then on.
 */
export function withHeldLists<Request, Value extends object>(
  source: EndorsementSource<Request, Value>,
  kind: RevocableKind<Value>,
  held: HeldRevocationLists,
  { isCache = false }: HoldingOptions = {},
): EndorsementSource<Request, Value> {
  const known = new WeakMap<Value, Known<Value>>();

  async function factsOf(value: Value): Promise<Known<Value>> {
    const before = known.get(value);
    if (before !== undefined) return before;
    const facts = { places: kind.placesOf(value) };
    for (const { issuer } of facts.places) await held.take(issuer);
    known.set(value, facts);
    return facts;
  }

  async function unite(value: Value, at: Date): Promise<United<Value>> {
    const facts = await factsOf(value);
    const combined: (readonly [ListPlace<Value>, CombinedLists])[] = [];
    for (const place of facts.places.filter(({ isReplaceable }) => isReplaceable)) {
      const lists = combineLists([...place.issuer.lists, ...(await held.of(place.issuer))], at);
      if (lists !== undefined) combined.push([place, lists]);
    }
    const further = combined.flatMap(([, lists]) => lists.further.map(({ der }) => der));
    const lists = [...combined.map(([, { dating }]) => dating.der), ...further];
    if (facts.united !== undefined && areSame(lists, facts.united.lists)) return facts.united;
    let united = value;
    for (const [place, { dating }] of combined) united = place.replace(united, dating.der);
    if (further.length > 0) united = kind.withFurther(united, further);
    facts.united = { value: united, nextUpdate: kind.nextUpdateOf(united), lists };
    return facts.united;
  }

  async function unitedResult(
    result: EndorsementResult<Value>,
    options: EndorsementOptions,
  ): Promise<EndorsementResult<Value>> {
    if (!result.ok) return result;
    const { value, nextUpdate } = await unite(result.collateral, options.at);
    if (value === result.collateral || result.freshness === undefined) return { ...result, collateral: value };
    return { ok: true, collateral: value, freshness: fresh(result.freshness, nextUpdate, options.at) };
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
  return result.ok && result.freshness?.stale !== true;
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
