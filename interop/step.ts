/** What one step of a client came to: each client prints one of these as a JSON line. */

/** One step. */
export interface Step {
  readonly name: string;
  readonly ok: boolean;
  /** Why it failed. */
  readonly why?: string;
}

/** Reads a line of a client; undefined when it is not a step. */
export function parseStep(line: string): Step | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { name, ok, why }: Record<string, unknown> = JSON.parse(line);
    if (typeof name !== 'string' || typeof ok !== 'boolean') return undefined;
    return { name, ok, ...(typeof why === 'string' ? { why } : {}) };
  } catch {
    return undefined;
  }
}

/** Runs one step and prints it; the next one runs in any case. */
export async function step(name: string, work: () => Promise<void>): Promise<void> {
  let result: Step = { name, ok: true };
  try {
    await work();
  } catch (error) {
    result = { name, ok: false, why: error instanceof Error ? error.message : String(error) };
  }
  console.log(JSON.stringify(result));
}
