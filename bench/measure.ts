/** Measures several pieces of work turn by turn, so that a busy machine disturbs all of them alike. */

const roundMilliseconds = 200;
const rounds = 6;
/** Some of the work takes less time than reading the clock. */
const together = 20;

function rate(work: () => unknown): number {
  const start = performance.now();
  let runs = 0;
  let elapsed = 0;
  do {
    for (let index = 0; index < together; index += 1) work();
    runs += together;
    elapsed = performance.now() - start;
  } while (elapsed < roundMilliseconds);
  return (runs / elapsed) * 1000;
}

/** Runs a second of each piece of work: the best round of each, the first round being a warm-up. */
export function measureTogether(works: readonly (() => unknown)[]): number[] {
  const best = works.map(() => 0);
  for (let round = 0; round <= rounds; round += 1) {
    works.forEach((work, index) => {
      const measured = rate(work);
      if (round > 0) best[index] = Math.max(best[index] ?? 0, measured);
    });
  }
  return best;
}
