/**
 * Fuzzes every target of `fuzz/targets/`, or those that are named: `npm run fuzz -- snp-report event-log`.
 *
 * `FUZZ_SECONDS` is the time of each target (default: 60), `FUZZ_SEED` the seed of the choices (default: by the clock, printed).
 * Evidence is signed with new keys in every run: the same seed makes the same choices, not the same bytes. An input that shows a fault is kept in
 * `fuzz/crashers/<target>/`; committed with the mend, it is run first from then on. Two targets run at once where there are two processors.
 *
 * How to add a target stands in `fuzz/engine/target.ts`.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepCrasher, readCrashers } from './engine/crashers.ts';
import { watch } from './engine/watch.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const crashersFolder = join(folder, 'crashers');
const wanted = process.argv.slice(2);

function numberOf(variable: string, otherwise: number): number {
  const text = process.env[variable];
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new Error(`${variable} must be a number, not ${JSON.stringify(text)}`);
  return value;
}

const seconds = numberOf('FUZZ_SECONDS', 60);
const seed = numberOf('FUZZ_SEED', Date.now() % 2 ** 32) >>> 0;
const names = readdirSync(join(folder, 'targets'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name))
  .sort();

function fail(why: string): void {
  process.exitCode = 1;
  console.error(why);
}

/** A fault: told, and its input kept. */
function tell(name: string, kind: string, input: Uint8Array, detail: string): void {
  const file = keepCrasher(crashersFolder, name, kind, input);
  fail(`${name}: ${kind} with ${relative(process.cwd(), file)}\n${detail}`);
}

async function run(name: string): Promise<void> {
  const crashers = readCrashers(crashersFolder, name);
  const run = await watch({ file: join(folder, 'targets', `${name}.ts`), seed, seconds, crashers });
  if (!run.ended) {
    console.log(`${name}: ended after ${run.executions} executions`);
    if (run.executions === 0) return fail(`${name}: its seeds cannot be made\n${run.fault.detail}`);
    return tell(name, run.fault.kind, run.fault.input, run.fault.detail);
  }
  const { executions, codes, places, slowestMilliseconds, faults } = run.report;
  const counts = [...codes].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
  console.log(
    `${name}: ${executions} executions, ${codes.size} outcomes at ${places} places, slowest ${slowestMilliseconds.toFixed(1)} ms, ` +
      `${faults.length} faults\n  ${counts.join(', ')}`,
  );
  for (const { kind, input, detail } of faults) tell(name, kind, input, detail);
}

if (names.length === 0) throw new Error(`no target is named ${wanted.join(' or ')}`);
console.log(`seed ${seed}, ${seconds} s each: ${names.join(', ')}`);
const queue = names.values();
const lane = async (): Promise<void> => {
  for (const name of queue) await run(name);
};
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
