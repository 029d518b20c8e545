/** Measures several servers in turns, so that a busy machine disturbs all of them alike. */
import type { LoadResult } from './load.ts';

/** How many rounds count; one before them warms up. */
export const rounds = 4;

/** The best round of each, the first being a warm-up: a busy machine disturbs all of them alike. */
export async function inTurns<Result extends LoadResult>(
  works: readonly (() => Promise<Result>)[],
  howMany = rounds,
): Promise<(Result | undefined)[]> {
  const best: (Result | undefined)[] = works.map(() => undefined);
  for (let round = 0; round <= howMany; round++) {
    for (const [index, work] of works.entries()) {
      const result = await work();
      const known = best[index];
      if (round > 0 && (known === undefined || result.perSecond > known.perSecond)) best[index] = result;
    }
  }
  return best;
}
