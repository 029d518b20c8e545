/** Verifies the chains of the audit record while the service runs, a bounded part every minute, and reports findings. */

import type { Audit, AuditFinding } from '@atesto/store';
import type { FastifyBaseLogger } from 'fastify';
import type { HealthReporter } from '../health/health.ts';

const everyMs = 60_000;
const rowsPerStep = 10_000;
/** Further findings of one pass are dropped. */
const maxFindings = 100;

/** Verifies all chains, then starts over. */
export class BackgroundCheck {
  readonly #audit: Pick<Audit, 'verify' | 'vouchFor'>;
  readonly #reporter: HealthReporter;
  readonly #log: Pick<FastifyBaseLogger, 'error'>;
  #cursor: string | undefined;
  #findings: AuditFinding[] = [];

  constructor(
    audit: Pick<Audit, 'verify' | 'vouchFor'>,
    reporter: HealthReporter,
    log: Pick<FastifyBaseLogger, 'error'>,
  ) {
    this.#audit = audit;
    this.#reporter = reporter;
    this.#log = log;
  }

  /** Verifies the next part. If the record is busy or cannot be read, the same part is tried next time. */
  async step(): Promise<void> {
    const outcome = await this.#audit.verify(this.#cursor, rowsPerStep);
    if (!outcome.ok) return;
    const { findings, unvouched, next } = outcome.value;
    await this.#audit.vouchFor(unvouched);
    if (findings.length > 0) this.#report(findings);
    else if (next === undefined && this.#findings.length === 0) this.#reporter.report('ok');
    this.#cursor = next;
    if (next === undefined) this.#findings = [];
  }

  #report(findings: readonly AuditFinding[]): void {
    this.#findings = [...this.#findings, ...findings].slice(0, maxFindings);
    const [first] = this.#findings;
    if (first === undefined) return;
    const { code, writer, sequence, why } = first;
    const others = this.#findings.length - 1;
    const reason = `${code} at ${writer}/${sequence}: ${why}${others === 0 ? '' : `, and ${others} more`}; run atesto provider audit verify`;
    this.#reporter.report('failing', reason);
    this.#log.error({ event: 'audit-chain', findings }, 'the audit record was changed behind the service');
  }
}

/** Starts at once. The returned function stops the check and waits for the part in progress. */
export function keepChainsChecked(check: Pick<BackgroundCheck, 'step'>): () => Promise<void> {
  let running = check.step();
  const timer = setInterval(() => {
    running = running.then(() => check.step());
  }, everyMs).unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
