/**
 * Reports how the sources of one vendor's endorsements fare: whether the vendor's service answers, and whether endorsements that are past their
 * next update are in use or have run out. Reasons stay the same while nothing changes, so that each change is one line of the log.
 */
import { type EndorsementResult, type EndorsementSource, endorsementFault, isUsable } from '@atesto/endorsements';
import type { HealthReporter } from '../health/health.ts';

/** Of how many requests it is remembered that their endorsements are past their next update; what nobody asks for is forgotten. */
const maximumRequests = 100;
const forgottenAfterMs = 3_600_000;

type Lateness = 'grace' | 'expired';

/** What is set for a vendor. */
export interface EndorsementHealthOptions {
  /** `endorsements.intel`: where an operator sets the sources. */
  readonly setting: string;
  readonly clock: () => Date;
}

/** The sources of one vendor. */
export class EndorsementHealth {
  readonly #reporter: HealthReporter;
  readonly #options: EndorsementHealthOptions;
  /** What the vendor's service refused last; undefined when it answered. */
  #failure: string | undefined;
  /** Requests whose endorsements are past their next update, the oldest first. */
  readonly #late = new Map<string, { readonly lateness: Lateness; readonly seenAt: number }>();

  constructor(reporter: HealthReporter, options: EndorsementHealthOptions) {
    this.#reporter = reporter;
    this.#options = options;
  }

  /** The vendor's service, before any cache: each answer or failure of it counts. */
  ofService<Request, Value>(source: EndorsementSource<Request, Value>): EndorsementSource<Request, Value> {
    return observed(source, (_, result) => {
      if (result.ok) this.#failure = undefined;
      else if (isOperators(result)) this.#failure = `${result.refusal.code} at ${result.refusal.where}`;
      this.#report();
    });
  }

  /** All sources together: what callers get. */
  ofAnswers<Request, Value>(source: EndorsementSource<Request, Value>): EndorsementSource<Request, Value> {
    return observed(source, (request, result) => {
      const lateness = this.#latenessOf(result);
      if (lateness === undefined && this.#late.size === 0) return;
      this.#note(JSON.stringify(request), lateness, result.ok);
      this.#report();
    });
  }

  #latenessOf(result: EndorsementResult<unknown>): Lateness | undefined {
    if (!result.ok) return result.refusal.code === 'endorsements-expired' ? 'expired' : undefined;
    const { freshness } = result.value;
    if (freshness?.stale !== true) return undefined;
    return isUsable(freshness) ? 'grace' : 'expired';
  }

  #note(key: string, lateness: Lateness | undefined, isAnswer: boolean): void {
    const now = this.#options.clock().getTime();
    if (lateness !== undefined || isAnswer) this.#late.delete(key);
    if (lateness !== undefined) this.#late.set(key, { lateness, seenAt: now });
    for (const [late, { seenAt }] of this.#late) {
      if (this.#late.size > maximumRequests || Math.abs(now - seenAt) > forgottenAfterMs) this.#late.delete(late);
    }
  }

  #report(): void {
    const { setting } = this.#options;
    const lateness = new Set([...this.#late.values()].map((late) => late.lateness));
    if (this.#failure !== undefined) {
      const why = `the vendor's service fails: ${this.#failure}; what is at hand serves until its next update`;
      this.#reporter.report('failing', `${why}; check ${setting} and the network`);
    } else if (lateness.has('expired')) {
      const why = 'endorsements are past their next update, and evidence that needs them is refused';
      this.#reporter.report('failing', `${why}; bring newer ones to the sources of ${setting}`);
    } else if (lateness.has('grace')) {
      const why = 'endorsements past their next update are used within the grace';
      this.#reporter.report('warning', `${why}; bring newer ones to the sources of ${setting}`);
    } else this.#reporter.report('ok');
  }
}

/** Faults of the source or the settings; that a platform is not known, or a caller gave up, says nothing of the source. */
function isOperators({ refusal }: Extract<EndorsementResult<unknown>, { ok: false }>): boolean {
  const fault = endorsementFault(refusal.code);
  return fault === 'unavailable' || fault === 'content' || fault === 'configuration';
}

function observed<Request, Value>(
  source: EndorsementSource<Request, Value>,
  observe: (request: Request, result: EndorsementResult<Value>) => void,
): EndorsementSource<Request, Value> {
  const get: EndorsementSource<Request, Value>['get'] = async (request, options) => {
    const result = await source.get(request, options);
    observe(request, result);
    return result;
  };
  return { ...(source.name === undefined ? {} : { name: source.name }), get };
}
