/** Runs one client as a process of its own and prints its steps as they come. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseStep } from './step.ts';

/** How many steps passed and failed. */
export interface Tally {
  passed: number;
  failed: number;
}

const timeoutMs = 120_000;

/** Runs it; a client that ends otherwise than with 0, or without any step, counts as one more failure. */
export async function runClient(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Tally> {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: timeoutMs });
  const { promise, resolve } = Promise.withResolvers<number | string>();
  child.on('error', (error) => resolve(error.message));
  child.on('close', (code, signal) => resolve(code ?? String(signal)));
  const tally: Tally = { passed: 0, failed: 0 };
  for await (const line of createInterface({ input: child.stdout })) {
    const step = parseStep(line);
    if (step === undefined) {
      console.log(`      ${line}`);
      continue;
    }
    console.log(step.ok ? `  pass  ${step.name}` : `  FAIL  ${step.name}\n        ${step.why ?? ''}`);
    if (step.ok) tally.passed++;
    else tally.failed++;
  }
  const end = await promise;
  if (end !== 0 || tally.passed + tally.failed === 0) {
    console.log(`  FAIL  the client ended with ${end} after ${tally.passed + tally.failed} steps`);
    tally.failed++;
  }
  return tally;
}
