/**
 * Evaluates policies of callers in threads, so that a policy that escapes its counted budget costs one thread and one answer, never the
 * process. Threads start on demand and end when idle.
 */
import { fileURLToPath } from 'node:url';
import { Refused } from '@atesto/core';
import type { FastifyBaseLogger } from 'fastify';
import { Piscina } from 'piscina';
import { serviceCodes } from '../codes.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { refuse } from '../refuse.ts';
import { TimeLimit } from './time-limit.ts';
import { type InLine, Turns } from './turns.ts';
import type { DraftAnswer, DraftWork, ExplainAnswer, ExplainWork } from './worker.ts';

/** The settings `limits.policyWorkers`. */
export type PolicyWorkerLimits = ServiceConfig['limits']['policyWorkers'];

// The worker has the extension of this file, which a build changes.
const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const workerFile = fileURLToPath(new URL(`./worker${ending}`, import.meta.url));
/** An idle thread ends after this time. */
const idleMs = 60_000;

/** The pool of threads. */
export class PolicyWorkers {
  readonly #limits: PolicyWorkerLimits;
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;
  readonly #turns: Turns;
  #pool: Piscina | undefined;

  constructor(limits: PolicyWorkerLimits, log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#limits = limits;
    this.#log = log;
    this.#turns = new Turns(limits.threads, limits.queueLength);
  }

  /** Compiles and evaluates a draft. Refuses with `policy-workers-busy` or `policy-too-costly`; throws the signal's reason while it waits. */
  evaluateDraft(work: DraftWork, inLine: InLine): Promise<DraftAnswer> {
    return this.#run('evaluateDraft', work, inLine);
  }

  /** Reports what a policy makes of claims. Refuses and throws as {@link PolicyWorkers.evaluateDraft}. */
  explain(work: ExplainWork, inLine: InLine): Promise<ExplainAnswer> {
    return this.#run('explain', work, inLine);
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    const pool = this.#pool;
    this.#pool = undefined;
    await pool?.destroy();
  }

  /** A caller who disconnects ends only the wait: starting another thread would cost more than finishing a started task. */
  async #run<Answer>(name: string, work: DraftWork | ExplainWork, inLine: InLine): Promise<Answer> {
    if (!(await this.#turns.take(inLine))) throw busy();
    const limit = new TimeLimit(this.#limits.timeoutMs);
    try {
      return await this.#opened().run({ ...work, startMark: limit.mark }, { name, signal: limit.signal });
    } catch (error) {
      if (!isTooCostly(error)) throw error;
      if (!limit.hasStarted) throw busy();
      return refuse('policy-too-costly', 'policy', serviceCodes['policy-too-costly'].meaning);
    } finally {
      limit.end();
      this.#turns.end();
    }
  }

  #opened(): Piscina {
    if (this.#pool !== undefined) return this.#pool;
    const { threads, heapMiB, stackMiB } = this.#limits;
    const pool = new Piscina({
      filename: workerFile,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: idleMs,
      // On Linux the threads yield to the service: callers under policies in force do not wait for those with drafts.
      niceIncrement: 15,
      // Policies need nothing of the process's environment.
      env: {},
      resourceLimits: {
        maxOldGenerationSizeMb: heapMiB,
        maxYoungGenerationSizeMb: Math.max(4, Math.ceil(heapMiB / 8)),
        stackSizeMb: stackMiB,
      },
    });
    pool.on('error', (error: unknown) => this.#log.warn({ err: error }, 'a thread for policies ended'));
    this.#pool = pool;
    return pool;
  }
}

function busy(): Refused {
  const code = 'policy-workers-busy';
  return new Refused({ code, where: 'policy', why: serviceCodes[code].meaning });
}

/** Out of memory, out of stack, out of time. */
function isTooCostly(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'AbortError' ||
    error.name === 'RangeError' ||
    Reflect.get(error, 'code') === 'ERR_WORKER_OUT_OF_MEMORY'
  );
}
