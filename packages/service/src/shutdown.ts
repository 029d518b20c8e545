/** Stops the parts of a service in the reverse order of their start, and decides how long each phase of the shutdown lasts. */
import type { ServiceConfig } from './config/schema.ts';
import type { ClosePhases } from './http/close.ts';

/** Ends one part. */
export type Stop = () => Promise<void> | void;

/** How to stop what has been started so far. */
export class StopList {
  readonly #stops: Stop[] = [];
  #stopped: Promise<void> | undefined;

  /** Adds the end of a part that was just started. */
  add(stop: Stop): void {
    this.#stops.push(stop);
  }

  /** Stops everything, even when a part fails to stop; later calls wait for the first. Throws the first failure. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const stop of this.#stops.splice(0).reverse()) {
      try {
        await stop();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/**
 * Kubernetes and load balancers notice within one to three seconds that an instance stops, at the latest at their next request of `/readyz`.
 * With the default grace this stays below the 30 seconds that Kubernetes allows by default. In development there is no load balancer.
 */
const productionDelayMs = 5000;

/** The phases of a shutdown under a configuration. */
export function closePhases({ environment, limits }: ServiceConfig): ClosePhases {
  const delayMs = limits.shutdownDelayMs ?? (environment === 'production' ? productionDelayMs : 0);
  return { delayMs, graceMs: limits.shutdownGraceMs };
}
