/** Tells operators of providers whose signing keys could not be rotated: all of them are one state, which names the first five. */
import type { HealthReporter } from '../health/health.ts';

const mostNamed = 5;

/** The state of the signing keys of all providers. */
export class SigningKeyHealth {
  readonly #reporter: HealthReporter;
  readonly #faults = new Map<string, string>();

  constructor(reporter: HealthReporter) {
    this.#reporter = reporter;
  }

  /** @param why what failed; absent: the keys of the provider are as the schedule wants them, or nobody needs them any more */
  report(issuer: string, why?: string): void {
    if (why === undefined) this.#faults.delete(issuer);
    else this.#faults.set(issuer, why);
    const faults = [...this.#faults].map(
      ([provider, fault]) => `the signing keys of ${provider} cannot be rotated: ${fault}`,
    );
    const more = faults.length > mostNamed ? [`and ${faults.length - mostNamed} more`] : [];
    if (faults.length === 0) this.#reporter.report('ok');
    else this.#reporter.report('warning', [...faults.slice(0, mostNamed), ...more].join('. '));
  }
}
