/** Monitors whether the clock of this instance is right, and counts the time for which instances have run on the store. */
import { uptime } from 'node:os';
import type { ClockEvidence, Store } from '@atesto/store';
import { ConfigRefused } from '../config/problem.ts';
import type { HealthReporter } from '../health/health.ts';
import { type ClockVerdict, judgeClock, type Spans } from './judge.ts';

/** Says whether irreversible actions that depend on the clock are allowed. */
export interface ClockGuard {
  /** The last verdict. */
  readonly isTrusted: boolean;
  /** Compares again. If the store cannot be read, the last verdict stays. */
  confirm(): Promise<boolean>;
}

/** The dependencies of the watch. */
export interface ClockWatchDeps {
  readonly store: Pick<Store, 'clock'>;
  readonly clock: () => Date;
  /** The largest accepted difference between clocks. */
  readonly toleranceMs: number;
  readonly reporter: HealthReporter;
}

const everyMs = 30_000;

interface Moment {
  readonly wallMs: number;
  readonly steadyMs: number;
  readonly uptimeMs: number;
  /** The accepted time that was known then. */
  readonly acceptedMs: number | undefined;
}

/** The watch of one instance. */
export class ClockWatch implements ClockGuard {
  readonly #deps: ClockWatchDeps;
  #since: Moment | undefined;
  #verdict: ClockVerdict = { isTrusted: false, why: 'it was not compared with another yet' };
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<unknown> = Promise.resolve();

  private constructor(deps: ClockWatchDeps) {
    this.#deps = deps;
  }

  /** Compares, and starts to watch. Throws `ConfigRefused` with `clock-refused` when the clock disagrees with the others. */
  static async start(deps: ClockWatchDeps): Promise<ClockWatch> {
    const watch = new ClockWatch(deps);
    await watch.#poll();
    const verdict = watch.#verdict;
    if (!verdict.isTrusted) {
      throw new ConfigRefused([{ code: 'clock-refused', where: 'the clock of this machine', why: verdict.why }]);
    }
    watch.#timer = setInterval(() => void watch.confirm(), everyMs).unref();
    return watch;
  }

  get isTrusted(): boolean {
    return this.#verdict.isTrusted;
  }

  async confirm(): Promise<boolean> {
    const polled = this.#polling.then(() => this.#poll());
    this.#polling = polled;
    await polled;
    return this.isTrusted;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#polling;
  }

  async #poll(): Promise<void> {
    const { store, clock, toleranceMs, reporter } = this.#deps;
    const evidence = await store.clock.evidence(() => clock().getTime());
    if (!evidence.ok) return;
    const now = momentOf(evidence.value);
    // When an operator accepted a time since then, counting starts again.
    if (this.#since === undefined || this.#since.acceptedMs !== now.acceptedMs) this.#since = now;
    this.#verdict = judgeClock(evidence.value, spansOf(this.#since, now), toleranceMs);
    if (!this.#verdict.isTrusted) return reporter.report('failing', `the clock of this instance: ${this.#verdict.why}`);
    if (this.#verdict.note === undefined) reporter.report('ok');
    else reporter.report('warning', `the clock of this instance: ${this.#verdict.note}`);
    // The beat stores the own time, which must be right if it is the only one.
    await store.clock.beat(now.wallMs);
  }
}

function momentOf({ ownMs, accepted }: ClockEvidence): Moment {
  return { wallMs: ownMs, steadyMs: performance.now(), uptimeMs: uptime() * 1000, acceptedMs: accepted?.atMs };
}

function spansOf(from: Moment, to: Moment): Spans {
  return {
    wallMs: to.wallMs - from.wallMs,
    steadyMs: to.steadyMs - from.steadyMs,
    uptimeMs: to.uptimeMs - from.uptimeMs,
  };
}
