/** Tells operators of certificates, lists and keys that end soon: 30, 7 and 1 days before, and when they have ended. */
import type { HealthReporter } from './health.ts';

/** Something that ends. */
export interface Expiring {
  /** Names it in log lines: `the certificate of policy signer 3F… at provider payments`. */
  readonly what: string;
  readonly expires: Date;
  /** What is the matter when it has ended; default: that it expired, and when. */
  readonly ending?: string;
  /** What an operator can do: `let the signer renew it with the same key`. */
  readonly remedy: string;
}

const dayMs = 86_400_000;
const warningDays = [1, 7, 30] as const;
const mostNamed = 5;

/** The whole days within which it ends, as one of the warning steps; 0: it has ended; undefined: later. */
export function warningStep(expires: Date, at: Date): 0 | (typeof warningDays)[number] | undefined {
  const leftMs = expires.getTime() - at.getTime();
  return leftMs < 0 ? 0 : warningDays.find((days) => leftMs <= days * dayMs);
}

/**
 * Reports what ends soon: `failing` when something has ended, else `warning`. The reason changes only when a step is passed or the things
 * change, so that each step is one log line; it names the five that end first.
 */
export function reportExpiry(reporter: HealthReporter, things: readonly Expiring[], at: Date): void {
  const due = things
    .flatMap((thing) => {
      const step = warningStep(thing.expires, at);
      return step === undefined ? [] : [{ ...thing, step }];
    })
    .sort((one, other) => one.expires.getTime() - other.expires.getTime());
  const sentences = due.slice(0, mostNamed).map(({ what, expires, ending, remedy, step }) => {
    const end = expires.toISOString();
    return step === 0
      ? `${what} ${ending ?? `expired on ${end}`}; ${remedy}`
      : `${what} expires within ${days(step)}, on ${end}; ${remedy}`;
  });
  const more = due.length > mostNamed ? [`and ${due.length - mostNamed} more`] : [];
  const reason = [...sentences, ...more].join('. ');
  if (due.length === 0) reporter.report('ok');
  else reporter.report(due.some(({ step }) => step === 0) ? 'failing' : 'warning', reason);
}

function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}
