/** Decides whether what a source gives replaces the cached entry: services answer from several machines, not all of them up to date. */

/** The dates that decide. */
export interface Dated {
  /** When the first part is due to be replaced. */
  readonly nextUpdate: Date;
  /** When each part was issued, the parts always in the same order. */
  readonly issued: readonly Date[];
}

/**
 * Whether `found` is to be ignored: none of its parts is newer and one is older. A part that is newer counts however short a time it is meant
 * for, and when that time is over: a list of revocations in an emergency is meant for a short one.
 */
export function isSuperseded(found: Dated, held: Dated): boolean {
  const ages = found.issued.map((time, part) => time.getTime() - (held.issued[part]?.getTime() ?? 0));
  return ages.every((age) => age <= 0) && ages.some((age) => age < 0);
}

/** Which parts are older than the held ones. */
export function olderParts(found: Dated, held: Dated): boolean[] {
  return found.issued.map((time, part) => time.getTime() < (held.issued[part]?.getTime() ?? 0));
}
