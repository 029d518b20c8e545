/** The time that a task may take in a thread, counted from its start there. */

/** How long a thread may take to start, milliseconds: threads of low priority starve while the machine is busy. */
const defaultStartMs = 30_000;

/** What the thread marks when it starts the task. */
export type StartMark = Int32Array<SharedArrayBuffer>;

/** Tells the main thread that the task has started. */
export function markStarted(mark: StartMark | undefined): void {
  if (mark === undefined) return;
  Atomics.store(mark, 0, 1);
  Atomics.notify(mark, 0);
}

/** Aborts {@link TimeLimit.signal} when the task takes longer than it may, or when no thread starts it. */
export class TimeLimit {
  readonly mark: StartMark = new Int32Array(new SharedArrayBuffer(4));
  readonly #controller = new AbortController();
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout;
  #hasEnded = false;

  constructor(timeoutMs: number, startMs = defaultStartMs) {
    this.#timeoutMs = timeoutMs;
    this.#timer = this.#abortAfter(startMs);
    const { value } = Atomics.waitAsync(this.mark, 0, 0);
    if (value instanceof Promise) void value.then(() => this.#begin());
  }

  /** For the task. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the task has started in a thread. */
  get hasStarted(): boolean {
    return Atomics.load(this.mark, 0) === 1;
  }

  /** Ends the limit with the task. */
  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
    Atomics.notify(this.mark, 0);
  }

  #begin(): void {
    clearTimeout(this.#timer);
    if (!this.#hasEnded) this.#timer = this.#abortAfter(this.#timeoutMs);
  }

  #abortAfter(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#controller.abort(), ms);
  }
}
