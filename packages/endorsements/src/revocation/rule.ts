/**
 * The one rule for revocation lists, whatever their source: of the lists of an authority the newest supplies the dates, and what any of them
 * revokes is revoked. A list of the future supplies no dates; what it revokes is revoked all the same.
 */
import type { RevocationList } from '@atesto/evidence/advanced';

/** What the rule needs of a list. Times are milliseconds since 1970. */
export type DatedList = Pick<RevocationList, 'der' | 'thisUpdate' | 'nextUpdate' | 'revoked'>;

/** Lists of one authority as an appraisal gets them. */
export interface CombinedLists {
  /** Supplies the dates. One that was issued after the time of appraisal stands here only where there is no other. */
  readonly dating: DatedList;
  /** Lists that revoke something which the one before does not, newest first. */
  readonly further: readonly DatedList[];
}

/** How many lists of one authority are held. */
export const maximumLists = 8;
/** How many bytes of lists of one authority are held besides the newest. */
export const maximumListBytes = 4 * 1024 * 1024;

/** Combines lists of one authority for a time; undefined when there are none. */
export function combineLists(lists: readonly DatedList[], at: Date): CombinedLists | undefined {
  const newestFirst = lists.toSorted(compareAge);
  const dating = newestFirst.find(({ thisUpdate }) => thisUpdate <= at.getTime()) ?? newestFirst.at(-1);
  return dating === undefined ? undefined : { dating, further: furtherLists(dating, newestFirst) };
}

/** The lists to go on holding at a time, so that neither dates nor serial numbers are lost. */
export function listsToHold(lists: readonly DatedList[], now: Date): readonly DatedList[] {
  const combined = combineLists(lists, now);
  return combined === undefined ? [] : [combined.dating, ...combined.further];
}

/** A list of the same date that is due later counts as newer: it was issued anew. */
function compareAge(one: DatedList, other: DatedList): number {
  return other.thisUpdate - one.thisUpdate || other.nextUpdate - one.nextUpdate;
}

/**
 * A list is worth its place when it revokes what no newer one does. Vendors' lists repeat what older ones revoke, so that there are rarely any.
 * Old lists, of which a hostile source may have many, are dropped before newer ones.
 */
function furtherLists(dating: DatedList, newestFirst: readonly DatedList[]): readonly DatedList[] {
  const revoked = new Set(dating.revoked);
  const further: DatedList[] = [];
  let bytes = 0;
  for (const list of newestFirst) {
    if ([...list.revoked].every((serial) => revoked.has(serial))) continue;
    bytes += list.der.length;
    if (further.length === maximumLists - 1 || bytes > maximumListBytes) break;
    further.push(list);
    for (const serial of list.revoked) revoked.add(serial);
  }
  return further;
}
