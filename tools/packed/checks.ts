/** Runs checks one after another and counts them. */

/** Why a check cannot run on this machine. */
export class Skipped extends Error {}

/** The checks of one run. */
export class Checks {
  #passed = 0;
  #failed = 0;
  #skipped = 0;
  readonly #wanted: readonly string[];

  /** @param wanted parts of names; without any all checks run */
  constructor(wanted: readonly string[]) {
    this.#wanted = wanted;
  }

  /** Runs a check, which returns what it measured, or throws. */
  async run(name: string, check: () => Promise<string>): Promise<void> {
    if (this.#wanted.length > 0 && !this.#wanted.some((part) => name.includes(part))) return;
    const begun = performance.now();
    try {
      const measured = await check();
      this.#passed++;
      console.log(
        `  ok       ${name} (${Math.round((performance.now() - begun) / 1000)} s)${measured === '' ? '' : `: ${measured}`}`,
      );
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (error instanceof Skipped) this.skip(name, why);
      else {
        this.#failed++;
        console.log(`  FAIL     ${name}: ${why}`);
      }
    }
  }

  /** Says that a check cannot run. */
  skip(name: string, why: string): void {
    if (process.env.CI === undefined) this.#skipped++;
    else this.#failed++;
    console.log(`  SKIPPED  ${name}: ${why}`);
  }

  /** Prints the sum and returns the exit code. */
  conclude(): number {
    console.log(`\n${this.#passed} passed, ${this.#failed} failed, ${this.#skipped} skipped`);
    return this.#failed === 0 ? 0 : 1;
  }
}
