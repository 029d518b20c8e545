/** The endorsement look-ups that one request may cause at outside services. */

/** Counted before each is made. */
export interface LookupBudget {
  /** Whether one more may be made now; counts it. */
  readonly mayFetch: () => boolean;
  /** Refuses the request when a look-up that it needed was not permitted: with `too-many-requests` or `service-overloaded`. */
  readonly refuseIfUsedUp: () => void;
}

/** For work that no stranger causes. */
export const unlimitedLookups: LookupBudget = { mayFetch: () => true, refuseIfUsedUp: () => {} };
