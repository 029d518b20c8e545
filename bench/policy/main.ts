/**
 * Measures how many policies are compiled per second, and how many evaluated, compared with a hand-written function that decides the same.
 * Each evaluation starts from claims and ends with a verdict; nothing is cached between them.
 */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import { type CompiledPolicy, compilePolicy, evaluatePolicy, issuedValue } from '@atesto/policy';
import { measureTogether } from '../measure.ts';
import { type Workload, workloads } from './workload.ts';

/** One line of the table. */
export interface BenchRow {
  readonly name: string;
  /** Runs a second. */
  readonly perSecond: number;
  /** This project's figure divided by this row's; absent where there is nothing beside it. */
  readonly ratio?: number;
  readonly goalPerSecond?: number;
}

function compiled({ text }: Workload): CompiledPolicy {
  const outcome = compilePolicy(text);
  if (!outcome.ok) throw new Error(outcome.errors.map(({ message }) => message).join(' '));
  return outcome.value;
}

/** Both must decide the same, or the comparison is worth nothing. */
function checkAlike({ claims, byHand }: Workload, policy: CompiledPolicy): void {
  const verdict = evaluatePolicy(policy, claims);
  if (verdict.decision === 'failed') throw new Error(verdict.refusal.why);
  const outgoing = new Map(verdict.outgoing.map((issued) => [issued.type, issuedValue(issued)]));
  assert.deepEqual({ authorized: verdict.decision === 'permitted', outgoing }, byHand(claims));
}

function bench(workload: Workload): BenchRow[] {
  const policy = compiled(workload);
  checkAlike(workload, policy);
  const { name, text, claims, byHand, goalPerSecond } = workload;
  const [compiles, evaluations, hand] = measureTogether([
    () => compilePolicy(text),
    () => evaluatePolicy(policy, claims),
    () => byHand(claims),
  ]);
  if (compiles === undefined || evaluations === undefined || hand === undefined) {
    throw new Error('a measurement is missing');
  }
  return [
    { name: `${name}: compiled`, perSecond: compiles },
    { name: `${name}: evaluated`, perSecond: evaluations, ...(goalPerSecond === undefined ? {} : { goalPerSecond }) },
    { name: `${name}: decided by hand`, perSecond: hand, ratio: evaluations / hand },
  ];
}

/** Measures every workload. */
export function benchPolicy(): BenchRow[] {
  return workloads().flatMap(bench);
}

function print(rows: readonly BenchRow[]): void {
  for (const { name, perSecond, ratio, goalPerSecond } of rows) {
    const goal =
      goalPerSecond === undefined ? '' : `  goal ${goalPerSecond}/s: ${perSecond >= goalPerSecond ? 'met' : 'MISSED'}`;
    const beside = ratio === undefined ? ''.padStart(14) : `  ratio ${ratio.toFixed(3).padStart(6)}`;
    console.log(`${Math.round(perSecond).toString().padStart(9)}/s${beside}  ${name}${goal}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) print(benchPolicy());
