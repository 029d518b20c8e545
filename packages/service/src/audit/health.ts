/** Reports to operators when the audit record cannot be written, or when the disk has less free space than is reserved. */
import type { HealthReporter } from '../health/health.ts';

/** Combines both causes into the status of one dependency. */
export class AuditHealth {
  readonly #reporter: HealthReporter;
  #failure: string | undefined;
  #shortage: string | undefined;

  constructor(reporter: HealthReporter) {
    this.#reporter = reporter;
  }

  /** Why entries cannot be written; undefined: they can. */
  wrote(failure: string | undefined): void {
    this.#failure = failure;
    this.#report();
  }

  /** Why entries of refusals are dropped; undefined: they are not. */
  reserved(shortage: string | undefined): void {
    this.#shortage = shortage;
    this.#report();
  }

  #report(): void {
    if (this.#failure !== undefined) {
      const reason = `audit entries cannot be written: ${this.#failure}; requests are refused until they can`;
      this.#reporter.report('failing', reason);
    } else if (this.#shortage !== undefined) this.#reporter.report('warning', this.#shortage);
    else this.#reporter.report('ok');
  }
}
