/** Measures several pieces of work turn by turn, so that a busy machine disturbs all of them alike. */

const roundMilliseconds = 250;
const rounds = 6;

function rate(work: () => void): number {
  const start = performance.now();
  let runs = 0;
  let elapsed = 0;
  do {
    work();
    runs += 1;
    elapsed = performance.now() - start;
  } while (elapsed < roundMilliseconds);
  return (runs / elapsed) * 1000;
}

/** Runs a second of each piece of work: the best round of each, the first round being a warm-up. */
export function measureTogether(works: readonly (() => void)[]): number[] {
  const best = works.map(() => 0);
  for (let round = 0; round <= rounds; round += 1) {
    works.forEach((work, index) => {
      const measured = rate(work);
      if (round > 0) best[index] = Math.max(best[index] ?? 0, measured);
    });
  }
  return best;
}
