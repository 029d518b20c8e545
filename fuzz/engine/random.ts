/** Numbers that look random and are the same for the same seed. Nothing secret is made of them. */

/** A stream of numbers. */
export interface Random {
  /** A whole number from 0 to below `limit`; 0 when the limit is 0. */
  readonly below: (limit: number) => number;
  /** One of the items; undefined when there are none. */
  readonly pick: <Item>(items: readonly Item[]) => Item | undefined;
}

/** A stream by a seed of 32 bits (Mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { below, pick: (items) => items[below(items.length)] };
}
