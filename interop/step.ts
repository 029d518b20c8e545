/** What one step of a client came to: each client prints one of these as a JSON line. */

/** What clients do, in the order of the page: attest operations have the names of their attestation types. */
export const operations = [
  'sign-in',
  'cloud',
  'discovery',
  'keys',
  'SgxEnclave',
  'OpenEnclave',
  'TdxVm',
  'SevSnpVm',
  'policies',
  'signers',
  'providers',
  'verification',
] as const;

/** One of {@link operations}. */
export type ClientOperation = (typeof operations)[number];

/** One step. */
export interface Step {
  readonly operation: ClientOperation;
  readonly name: string;
  readonly ok: boolean;
  /** Why it failed. */
  readonly why?: string;
}

/** Reads a line of a client; undefined when it is not a step. */
export function parseStep(line: string): Step | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { operation, name, ok, why }: Record<string, unknown> = JSON.parse(line);
    const known = operations.find((one) => one === operation);
    if (known === undefined || typeof name !== 'string' || typeof ok !== 'boolean') return undefined;
    return { operation: known, name, ok, ...(typeof why === 'string' ? { why } : {}) };
  } catch {
    return undefined;
  }
}

/** Runs one step and prints it; the next one runs in any case. */
export async function step(operation: ClientOperation, name: string, work: () => Promise<void>): Promise<void> {
  let result: Step = { operation, name, ok: true };
  try {
    await work();
  } catch (error) {
    result = { operation, name, ok: false, why: error instanceof Error ? error.message : String(error) };
  }
  console.log(JSON.stringify(result));
}
