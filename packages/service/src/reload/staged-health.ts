/** Holds back the health of parts that a reload prepared until they are in force. */
import type { DependencyOptions, Health, HealthReporter, HealthStatus } from '../health/health.ts';

/** One reporter per dependency, shared by successive sets of parts. */
export class SharedReporters {
  readonly #health: Pick<Health, 'dependency'>;
  readonly #reporters = new Map<string, HealthReporter>();

  constructor(health: Pick<Health, 'dependency'>) {
    this.#health = health;
  }

  /** The reporter of a dependency. */
  of(name: string, options: DependencyOptions): HealthReporter {
    const reporter = this.#reporters.get(name) ?? this.#health.dependency(name, options);
    this.#reporters.set(name, reporter);
    return reporter;
  }
}

/** Records what one set of parts reports, and forwards it while that set is in force. */
export class StagedHealth implements Pick<Health, 'dependency'> {
  readonly #shared: SharedReporters;
  readonly #passes = new Set<() => void>();
  #isInForce = false;

  constructor(shared: SharedReporters) {
    this.#shared = shared;
  }

  dependency(name: string, options: DependencyOptions): HealthReporter {
    let reason: string | undefined;
    let status: HealthStatus = 'ok';
    const pass = (): void => {
      const reporter = this.#shared.of(name, options);
      if (status === 'ok') reporter.report('ok');
      else reporter.report(status, reason ?? '');
    };
    this.#passes.add(pass);
    return {
      report: (next: HealthStatus, why?: string) => {
        status = next;
        reason = why;
        if (this.#isInForce) pass();
      },
    };
  }

  /** Forwards the current states and all later reports. */
  putInForce(): void {
    this.#isInForce = true;
    for (const pass of this.#passes) pass();
  }

  /** Stops forwarding. */
  withdraw(): void {
    this.#isInForce = false;
  }
}
