/** Runs one target for a while: mutates inputs, keeps those that lead somewhere new, and tells what must not be. */
import { createHash } from 'node:crypto';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzOutcome, FuzzTarget } from './target.ts';

/** What must not be. */
export type FaultKind = 'exception' | 'false-accept' | 'too-slow';

/** One input that shows a fault. */
export interface Fault {
  readonly kind: FaultKind;
  readonly input: Uint8Array;
  readonly detail: string;
}

/** What a run saw. */
export interface FuzzReport {
  readonly executions: number;
  /** Times that each code was the outcome. */
  readonly codes: ReadonlyMap<string, number>;
  /** Pairs of code and place that were reached. */
  readonly places: number;
  /** Processor time of the slowest input, milliseconds. */
  readonly slowestMilliseconds: number;
  readonly faults: readonly Fault[];
}

/** How a run is bounded and watched. */
export interface FuzzOptions {
  readonly random: Random;
  /** Whether to stop, asked before each execution. */
  readonly isOver: (executions: number) => boolean;
  /** Inputs that once showed a fault: run first. */
  readonly crashers?: readonly Uint8Array[];
  /** Told of each input before it runs. */
  readonly watch?: (input: Uint8Array) => void;
  /** Processor time so far, milliseconds. Default: of this thread. */
  readonly clock?: () => number;
}

const largestPool = 2048;
const mostFaults = 8;
const defaultLargestInput = 65_536;
const defaultMostMilliseconds = 1_000;

function threadMilliseconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Fuzzes until it is over, or after {@link mostFaults} faults. */
export async function fuzz(target: FuzzTarget, options: FuzzOptions): Promise<FuzzReport> {
  return await new Run(target, options).all();
}

class Run {
  readonly #target: FuzzTarget;
  readonly #options: FuzzOptions;
  readonly #pool: Uint8Array[];
  readonly #proven = new Set<string>();
  readonly #places = new Set<string>();
  readonly #codes = new Map<string, number>();
  readonly #faults = new Map<string, Fault>();
  #executions = 0;
  #slowest = 0;

  constructor(target: FuzzTarget, options: FuzzOptions) {
    this.#target = target;
    this.#options = options;
    this.#pool = [...target.seeds];
  }

  async all(): Promise<FuzzReport> {
    const { isOver, crashers = [] } = this.#options;
    for (const seed of this.#target.seeds) await this.#execute(seed, true);
    for (const crasher of crashers) await this.#execute(crasher, false);
    while (!isOver(this.#executions) && this.#faults.size < mostFaults) await this.#execute(this.#next(), false);
    return {
      executions: this.#executions,
      codes: this.#codes,
      places: this.#places.size,
      slowestMilliseconds: this.#slowest,
      faults: [...this.#faults.values()],
    };
  }

  #next(): Uint8Array {
    const { random } = this.#options;
    const { dictionary = [], largestInput = defaultLargestInput, isOfFixedSize = false } = this.#target;
    // Seeds lead deepest: what was found on the way to them has every other turn.
    const base = random.pick(random.below(2) === 0 ? this.#target.seeds : this.#pool) ?? new Uint8Array();
    const changed = mutate(base, { random, dictionary, others: this.#pool }).subarray(0, largestInput);
    return isOfFixedSize && random.below(16) > 0 ? Buffer.concat([changed], base.length) : changed;
  }

  async #execute(input: Uint8Array, isSeed: boolean): Promise<void> {
    const { watch, clock = threadMilliseconds } = this.#options;
    watch?.(input);
    this.#executions += 1;
    const before = Buffer.from(input);
    const start = clock();
    let outcome: FuzzOutcome;
    try {
      outcome = await this.#target.run(input);
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      return this.#found({ kind: 'exception', input: before, detail });
    }
    this.#measure(before, clock() - start);
    if (!before.equals(input)) this.#found({ kind: 'exception', input: before, detail: 'the input was written to' });
    this.#note(before, outcome, isSeed);
  }

  #measure(input: Uint8Array, milliseconds: number): void {
    this.#slowest = Math.max(this.#slowest, milliseconds);
    const { mostMilliseconds = defaultMostMilliseconds } = this.#target;
    if (milliseconds <= mostMilliseconds) return;
    const detail = `${milliseconds.toFixed(0)} ms of processor time, ${mostMilliseconds} are allowed`;
    this.#found({ kind: 'too-slow', input, detail });
  }

  #note(input: Uint8Array, { code, where = '', proven }: FuzzOutcome, isSeed: boolean): void {
    this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
    if (proven !== undefined) {
      const digest = digestOf(proven);
      if (isSeed) this.#proven.add(digest);
      else if (!this.#proven.has(digest)) {
        this.#found({ kind: 'false-accept', input, detail: `accepted as ${code}, and no seed is accepted as that` });
      }
    }
    // Offsets differ with every length: without their digits a place is a field.
    const place = `${code}@${where.replaceAll(/\d+/g, '')}`;
    if (this.#places.has(place)) return;
    this.#places.add(place);
    if (!isSeed && this.#pool.length < largestPool) this.#pool.push(Buffer.from(input));
  }

  /** One fault of each kind and first line. */
  #found(fault: Fault): void {
    const [what = '', where = ''] = fault.detail.split('\n');
    const key = fault.kind === 'exception' ? `${what} ${where}` : fault.kind;
    if (!this.#faults.has(key)) this.#faults.set(key, fault);
  }
}

function digestOf(parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest('hex');
}
