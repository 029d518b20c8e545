/** Judges how fresh endorsements are at the time of an appraisal. The operator's grace is applied here and nowhere else. */

/** Dates of endorsements, and where they came from. */
export interface Dates {
  /** When they were read or fetched. */
  readonly fetchedAt: Date;
  /** The earliest moment at which a part is due to be replaced, as its vendor signed it; undefined when there is none or the source did not look. */
  readonly nextUpdate: Date | undefined;
  /** The file or address they came from. */
  readonly source: string;
}

/** How fresh an answer is. */
export interface Freshness extends Dates {
  /** Past `nextUpdate` at the time of appraisal. */
  readonly stale: boolean;
  /** Until when the operator permits its use although it is stale. Absent: not at all; the appraisal refuses it as expired. */
  readonly graceUntil?: Date;
}

/**
 * Judges the dates of endorsements at a time.
 *
 * @param graceSeconds how long past its next update a part may still be used
 */
export function freshnessAt({ fetchedAt, nextUpdate, source }: Dates, at: Date, graceSeconds: number): Freshness {
  const dates = { fetchedAt, nextUpdate, source };
  if (nextUpdate === undefined || at <= nextUpdate) return { ...dates, stale: false };
  const graceUntil = new Date(nextUpdate.getTime() + graceSeconds * 1000);
  return at <= graceUntil ? { ...dates, stale: true, graceUntil } : { ...dates, stale: true };
}

/** Whether endorsements are current, or stale within the grace. */
export const isUsable = ({ stale, graceUntil }: Freshness): boolean => !stale || graceUntil !== undefined;
