/** Runs one program of a client as a process of its own and prints its steps as they come. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Program } from './client.ts';
import { parseStep, type Step } from './step.ts';

/** What the programs of a client came to. */
export interface Tally {
  readonly steps: Step[];
  /** How many programs ended otherwise than with 0, or without any step. */
  broken: number;
}

const timeout = 180_000;

/** Runs it and adds to the tally. */
export async function runProgram({ command, args, env = {} }: Program, tally: Tally): Promise<void> {
  const { CI: _, ...environment } = process.env;
  const child = spawn(command, args, {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout,
  });
  const { promise, resolve } = Promise.withResolvers<number | string>();
  child.on('error', (error) => resolve(error.message));
  child.on('close', (code, signal) => resolve(code ?? String(signal)));
  let count = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const step = parseStep(line);
    if (step === undefined) {
      console.log(`      ${line}`);
      continue;
    }
    count++;
    tally.steps.push(step);
    console.log(step.ok ? `  pass  ${step.name}` : `  FAIL  ${step.name}\n        ${step.why ?? ''}`);
  }
  const end = await promise;
  if (end === 0 && count > 0) return;
  console.log(`  FAIL  the program ended with ${end} after ${count} steps`);
  tally.broken++;
}
