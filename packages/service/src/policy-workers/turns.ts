/** Limits how many tasks run and wait at once; waiting tasks start round-robin by owner, so a busy owner delays only itself. */

/** The place of a task in line. */
export interface InLine {
  /** Whose work it is: a caller or an address. */
  readonly owner: string;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Called with true when it is the task's turn, with false when it lost its place to another owner. */
type Waiting = (isTurn: boolean) => void;

/** A queue of tasks. */
export class Turns {
  readonly #maxWaiting: number;
  /** The waiting tasks by owner; the next owner comes first. */
  readonly #lines = new Map<string, Waiting[]>();
  #free: number;

  constructor(atOnce: number, maxWaiting: number) {
    this.#free = atOnce;
    this.#maxWaiting = maxWaiting;
  }

  /** How many tasks wait. */
  get waiting(): number {
    return [...this.#lines.values()].reduce((sum, line) => sum + line.length, 0);
  }

  /**
   * Waits for a turn, which ends with {@link Turns.end}. Returns false when too many wait: for the new task, or for the last task of the
   * owner with the most if the new task's owner has fewer. Throws the signal's reason.
   */
  async take({ owner, signal }: InLine): Promise<boolean> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    if (this.waiting >= this.#maxWaiting && !this.#makeRoomFor(owner)) return false;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    this.#lines.set(owner, [...(this.#lines.get(owner) ?? []), resolve]);
    const cancel = (): void => {
      if (this.#remove(owner, resolve)) reject(signal.reason);
    };
    signal.addEventListener('abort', cancel);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  /** Ends a turn; the first task of the next owner gets it. */
  end(): void {
    const [next] = this.#lines;
    if (next === undefined) {
      this.#free++;
      return;
    }
    const [owner, [first, ...others]] = next;
    // A map keeps the order of insertion: the owner goes to the end.
    this.#lines.delete(owner);
    if (others.length > 0) this.#lines.set(owner, others);
    first?.(true);
  }

  #makeRoomFor(owner: string): boolean {
    const own = this.#lines.get(owner)?.length ?? 0;
    const [longest] = [...this.#lines].sort(([, one], [, other]) => other.length - one.length);
    const last = longest?.[1].at(-1);
    if (longest === undefined || last === undefined || longest[1].length <= own + 1) return false;
    this.#remove(longest[0], last);
    last(false);
    return true;
  }

  #remove(owner: string, waiting: Waiting): boolean {
    const line = this.#lines.get(owner) ?? [];
    const others = line.filter((one) => one !== waiting);
    if (others.length > 0) this.#lines.set(owner, others);
    else this.#lines.delete(owner);
    return others.length < line.length;
  }
}
