/** Tracks the state of each dependency of the service, logs one line when it changes, and decides readiness. */
import type { FastifyBaseLogger } from 'fastify';

/** `warning`: it works but needs an operator soon. `failing`: it does not work. */
export type HealthStatus = 'ok' | 'warning' | 'failing';

/** The state of one dependency. */
export interface HealthState {
  readonly status: HealthStatus;
  /** What is wrong, what was expected, what to do; absent when `ok`. For operators: may name hosts and settings, never secrets. */
  readonly reason?: string;
  /** When this status began. */
  readonly since: Date;
}

/** One dependency, held by the code that uses it. */
export interface HealthReporter {
  /** Sets the state. Only a change of status or reason is logged: `failing` at error, `warning` at warn, `ok` at info. */
  report(status: 'ok'): void;
  report(status: 'warning' | 'failing', reason: string): void;
}

/** How a dependency affects the service. */
export interface DependencyOptions {
  /** Whether the service is not ready while the dependency is failing. */
  readonly isRequired: boolean;
}

interface Dependency extends DependencyOptions {
  state: HealthState;
}

/** The states of all dependencies of one service. */
export class Health {
  readonly #dependencies = new Map<string, Dependency>();
  readonly #log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>;
  readonly #clock: () => Date;

  constructor(log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>, clock: () => Date) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Adds a dependency, `ok` until reported otherwise. `name`: kebab-case, such as `audit` or `intel-endorsements`; one reporter per name. */
  dependency(name: string, options: DependencyOptions): HealthReporter {
    const dependency: Dependency = { ...options, state: { status: 'ok', since: this.#clock() } };
    this.#dependencies.set(name, dependency);
    return { report: (status: HealthStatus, reason?: string) => this.#report(name, dependency, status, reason) };
  }

  /** Whether no required dependency is failing. */
  get isReady(): boolean {
    return [...this.#dependencies.values()].every(({ isRequired, state }) => !isRequired || state.status !== 'failing');
  }

  /** The state of each dependency by name. */
  states(): ReadonlyMap<string, HealthState> {
    return new Map([...this.#dependencies].map(([name, { state }]) => [name, state]));
  }

  #report(name: string, dependency: Dependency, status: HealthStatus, reason: string | undefined): void {
    const { state } = dependency;
    if (state.status === status && state.reason === reason) return;
    const since = state.status === status ? state.since : this.#clock();
    dependency.state = { status, since, ...(reason === undefined ? {} : { reason }) };
    const line = { event: 'dependency', dependency: name, status, ...(reason === undefined ? {} : { reason }) };
    if (status === 'ok') this.#log.info(line, `${name} is back`);
    else if (status === 'warning') this.#log.warn(line, `${name} needs attention`);
    else this.#log.error(line, `${name} is failing`);
  }
}
