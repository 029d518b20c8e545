/** Watches whether the clock of this instance is right, and keeps count of the time for which instances have run on the store. */
import { uptime } from 'node:os';
import type { ClockEvidence, Store } from '@atesto/store';
import { ConfigRefused } from '../config/problem.ts';
import type { HealthReporter } from '../health/health.ts';
import { type ClockVerdict, judgeClock, type Spans } from './judge.ts';

/** Whether something may be done that cannot be undone and that the clock decides. */
export interface ClockGuard {
  /** What was found last. */
  readonly isTrusted: boolean;
  /** Looks anew. A store that cannot be asked leaves it as it was found last. */
  confirm(): Promise<boolean>;
}

/** What the watch needs. */
export interface ClockWatchParts {
  readonly store: Pick<Store, 'clock'>;
  readonly clock: () => Date;
  /** How far clocks may be apart. */
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
  readonly #parts: ClockWatchParts;
  #since: Moment | undefined;
  #verdict: ClockVerdict = { isTrusted: false, why: 'it was not compared with another yet' };
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<unknown> = Promise.resolve();

  private constructor(parts: ClockWatchParts) {
    this.#parts = parts;
  }

  /** Compares, and starts to watch. Throws `ConfigRefused` with `clock-refused` when the clock stands alone in its opinion. */
  static async start(parts: ClockWatchParts): Promise<ClockWatch> {
    const watch = new ClockWatch(parts);
    await watch.#look();
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
    const looked = this.#looking.then(() => this.#look());
    this.#looking = looked;
    await looked;
    return this.isTrusted;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { store, clock, toleranceMs, reporter } = this.#parts;
    const evidence = await store.clock.evidence(() => clock().getTime());
    if (!evidence.ok) return;
    const now = momentOf(evidence.value);
    // A time that was accepted since is where counting begins anew.
    if (this.#since === undefined || this.#since.acceptedMs !== now.acceptedMs) this.#since = now;
    this.#verdict = judgeClock(evidence.value, spansOf(this.#since, now), toleranceMs);
    if (!this.#verdict.isTrusted) return reporter.report('failing', `the clock of this instance: ${this.#verdict.why}`);
    if (this.#verdict.note === undefined) reporter.report('ok');
    else reporter.report('warning', `the clock of this instance: ${this.#verdict.note}`);
    // The beat writes the own time down, which must be right where it is the only one.
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
