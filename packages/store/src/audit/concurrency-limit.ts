/** Bounds how many reads of the audit record run at the same time, so that readers cannot take the database from those who attest. */
import type { Outcome } from '@atesto/core';
import type { AuditCode } from '../codes.ts';

/** How many may run, and how many may wait for that. */
export interface GateLimits {
  readonly running: number;
  readonly waiting: number;
}

/** Lets work through in the order in which it came. */
export class Gate {
  readonly #limits: GateLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: GateLimits) {
    this.#limits = limits;
  }

  /** Runs the work when there is room. Refuses with `audit-busy` when too much waits. */
  async pass<Value>(work: () => Promise<Outcome<Value, AuditCode>>): Promise<Outcome<Value, AuditCode>> {
    if (this.#running >= this.#limits.running) {
      if (this.#waiting.length >= this.#limits.waiting) {
        const why = `${this.#waiting.length} reads of the audit record wait already; ask again later`;
        return { ok: false, refusal: { code: 'audit-busy', where: 'audit', why } };
      }
      // Who ends hands the place on.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
