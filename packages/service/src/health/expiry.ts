/** Warns operators of certificates, lists and keys 30, 7 and 1 days before they expire, and when they have expired. */
import type { HealthReporter } from './health.ts';

/** Something that expires. */
export interface Expiring {
  /** Names it in log lines: `the certificate of policy signer 3F… at provider payments`. */
  readonly what: string;
  readonly expires: Date;
  /** Describes the state after expiry. Default: that it expired, and when. */
  readonly ending?: string;
  /** What an operator can do: `let the signer renew it with the same key`. */
  readonly remedy: string;
}

const dayMs = 86_400_000;
const warningDays = [1, 7, 30] as const;
const maxNamed = 5;

/** The smallest warning step, in days, within which it expires; 0 if it has expired, undefined if it expires later. */
export function warningStep(expires: Date, at: Date): 0 | (typeof warningDays)[number] | undefined {
  const leftMs = expires.getTime() - at.getTime();
  return leftMs < 0 ? 0 : warningDays.find((days) => leftMs <= days * dayMs);
}

/**
 * Reports what expires soon: `failing` when something has expired, else `warning`. The reason changes only when a step is passed or the things
 * change, so that each step is one log line; it names the five that expire first.
 */
export function reportExpiry(reporter: HealthReporter, things: readonly Expiring[], at: Date): void {
  const due = things
    .flatMap((thing) => {
      const step = warningStep(thing.expires, at);
      return step === undefined ? [] : [{ ...thing, step }];
    })
    .sort((one, other) => one.expires.getTime() - other.expires.getTime());
  const sentences = due.slice(0, maxNamed).map(({ what, expires, ending, remedy, step }) => {
    const end = expires.toISOString();
    return step === 0
      ? `${what} ${ending ?? `expired on ${end}`}; ${remedy}`
      : `${what} expires within ${days(step)}, on ${end}; ${remedy}`;
  });
  const more = due.length > maxNamed ? [`and ${due.length - maxNamed} more`] : [];
  const reason = [...sentences, ...more].join('. ');
  if (due.length === 0) reporter.report('ok');
  else reporter.report(due.some(({ step }) => step === 0) ? 'failing' : 'warning', reason);
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
