/**
 * Lets a bounded number of pieces of work run at once, and a bounded number wait, owner after owner: whoever sends many waits for them alone.
 */

/** Who waits. */
export interface InLine {
  /** Whose work it is: a caller or an address. */
  readonly owner: string;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** Told whether it is one's turn; false: another owner needed the place. */
type Waiting = (isTurn: boolean) => void;

/** Turns of so many at once. */
export class Turns {
  readonly #mostWaiting: number;
  /** Those that wait, by owner; the owner whose turn is next comes first. */
  readonly #lines = new Map<string, Waiting[]>();
  #free: number;

  constructor(atOnce: number, mostWaiting: number) {
    this.#free = atOnce;
    this.#mostWaiting = mostWaiting;
  }

  /** How many wait. */
  get waiting(): number {
    return [...this.#lines.values()].reduce((sum, line) => sum + line.length, 0);
  }

  /**
   * Waits for a turn, which ends with {@link Turns.end}. Answers false when too many wait: to a newcomer, or to the last of the owner with most
   * in line when the newcomer's owner has fewer. Throws the signal's reason.
   */
  async take({ owner, signal }: InLine): Promise<boolean> {
    signal.throwIfAborted();
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    if (this.waiting >= this.#mostWaiting && !this.#makeRoomFor(owner)) return false;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    this.#lines.set(owner, [...(this.#lines.get(owner) ?? []), resolve]);
    const giveUp = (): void => {
      if (this.#remove(owner, resolve)) reject(signal.reason);
    };
    signal.addEventListener('abort', giveUp);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Ends a turn: the first of the next owner has it. */
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
