/**
 * The threads in which policy texts of callers are evaluated, so that what their counted budgets do not foresee costs one thread and one
 * answer, never the process. They start with the first piece of work, and end when there is none for a while.
 */
import { fileURLToPath } from 'node:url';
import type { FastifyBaseLogger } from 'fastify';
import { Piscina } from 'piscina';
import { serviceCodes } from '../codes.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { RequestRefused, refuseRequest } from '../http/refusal.ts';
import { type InLine, Turns } from './turns.ts';
import type { DraftAnswer, DraftWork, ExplainAnswer, ExplainWork } from './worker.ts';

/** How much the threads may take; see the settings `limits.policyWorkers`. */
export type PolicyWorkerLimits = ServiceConfig['limits']['policyWorkers'];

/** What became of the work so far. */
export interface PolicyWorkCounts {
  /** Pieces of work that a thread was given. */
  readonly started: number;
  /** Those that took more memory or time than a thread may. */
  readonly tooCostly: number;
  /** Those for which too many were waiting. */
  readonly turnedAway: number;
}

// The file has the ending of this one, which is another before and after the build.
const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
const workerFile = fileURLToPath(new URL(`./worker${ending}`, import.meta.url));
/** A thread without work ends after this time. */
const idleMs = 60_000;
/** After how many seconds a caller who was turned away may try again. */
const retryAfterSeconds = 1;

/** Evaluates policy texts of callers. */
export class PolicyWorkers {
  readonly #limits: PolicyWorkerLimits;
  readonly #log: Pick<FastifyBaseLogger, 'warn'>;
  readonly #turns: Turns;
  #pool: Piscina | undefined;
  #started = 0;
  #tooCostly = 0;
  #turnedAway = 0;

  constructor(limits: PolicyWorkerLimits, log: Pick<FastifyBaseLogger, 'warn'>) {
    this.#limits = limits;
    this.#log = log;
    this.#turns = new Turns(limits.threads, limits.queueLength);
  }

  get counts(): PolicyWorkCounts {
    return { started: this.#started, tooCostly: this.#tooCostly, turnedAway: this.#turnedAway };
  }

  /** How many threads there are now. */
  get threads(): number {
    return this.#pool?.threads.length ?? 0;
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

  /** A caller who leaves ends the waiting alone: a thread that has begun is worth more than what it still does. */
  async #run<Answer>(name: string, work: unknown, inLine: InLine): Promise<Answer> {
    if (!(await this.#turns.take(inLine))) {
      this.#turnedAway++;
      throw busy();
    }
    this.#started++;
    try {
      return await this.#opened().run(work, { name, signal: AbortSignal.timeout(this.#limits.timeoutMs) });
    } catch (error) {
      if (!isTooCostly(error)) throw error;
      this.#tooCostly++;
      return refuseRequest('policy-too-costly', 'policy', serviceCodes['policy-too-costly'].meaning);
    } finally {
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
      // Nothing of the process's environment is the work's business.
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

function busy(): RequestRefused {
  const { status, wireCode, meaning } = serviceCodes['policy-workers-busy'];
  const refusal = { code: 'policy-workers-busy', where: 'policy', why: meaning };
  return new RequestRefused(status, wireCode, refusal, undefined, retryAfterSeconds);
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
