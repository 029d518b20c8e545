/** Where endorsements come from: what every source is asked and what it answers. */
import type { Outcome } from '@atesto/core';
import type { EvidenceCode } from '@atesto/evidence/advanced';
import type { EndorsementCode } from './codes.ts';
import type { Freshness } from './freshness.ts';

/** Endorsements, and how fresh they are. */
export interface Endorsed<Value> {
  readonly collateral: Value;
  /** Absent: the source does not know. */
  readonly freshness?: Freshness;
}

/** Endorsements for what was asked, or why there are none: a code of this package, or of what was wrong with them. */
export type EndorsementResult<Value> = Outcome<Endorsed<Value>, EndorsementCode | EvidenceCode>;

/** Options of a request. */
export interface EndorsementOptions {
  /** The time of appraisal: freshness is judged at it. */
  readonly at: Date;
  /** Aborts the request. */
  readonly signal?: AbortSignal;
  /** Asked before an outside service is asked because of this call; `false` refuses with `endorsements-limited`. Absent: always. */
  readonly mayFetch?: () => boolean;
  /** What is at hand is known to be superseded and expired: a cache is to ask its source, as often as after a failure at most. */
  readonly renew?: boolean;
}

/** A source. The same object stands for the same bytes, so that callers verify it once. */
export interface EndorsementSource<Request, Value> {
  /** For logs, and so that caches keep sources apart: a path, an address with the baseline that is asked for. */
  readonly name?: string;
  /** Gets the endorsements for a request. Resolves to a refusal when there are none; rejects only for faults of the program. */
  get(request: Request, options: EndorsementOptions): Promise<EndorsementResult<Value>>;
}
