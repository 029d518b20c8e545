/** How much each key holds at the moment; what holds nothing is forgotten, so that the table is as large as what is held. */
export class Counts {
  readonly #held = new Map<string, number>();

  /** How many keys hold something. */
  get size(): number {
    return this.#held.size;
  }

  of(key: string): number {
    return this.#held.get(key) ?? 0;
  }

  /** Adds, or takes away when `amount` is below 0. */
  add(key: string, amount: number): void {
    const now = this.of(key) + amount;
    if (now > 0) this.#held.set(key, now);
    else this.#held.delete(key);
  }
}
