/** Limits how many reads of the audit record run at the same time, so that readers cannot take the database from attest calls. */
import type { Outcome } from '@atesto/core';
import type { AuditCode } from '../codes.ts';

/** How many may run, and how many more may wait. */
export interface ConcurrencyLimits {
  readonly running: number;
  readonly waiting: number;
}

/** Runs work in the order in which it was submitted. */
export class ConcurrencyLimit {
  readonly #limits: ConcurrencyLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits: ConcurrencyLimits) {
    this.#limits = limits;
  }

  /** Runs the work when a slot is free. Refuses with `audit-busy` when too much work waits. */
  async run<Value>(work: () => Promise<Outcome<Value, AuditCode>>): Promise<Outcome<Value, AuditCode>> {
    if (this.#running >= this.#limits.running) {
      if (this.#waiting.length >= this.#limits.waiting) {
        const why = `${this.#waiting.length} reads of the audit record are waiting already; try again later`;
        return { ok: false, refusal: { code: 'audit-busy', where: 'audit', why } };
      }
      // Finished work passes its slot on.
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
