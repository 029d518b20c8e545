/**
 * What is fuzzed. A target is a file in `fuzz/targets/`, named like the target, that exports `target`; nothing else names it:
 *
 * ```ts
 * import { compilePolicy } from '@atesto/policy';
 * import type { FuzzTarget } from '../engine/target.ts';
 *
 * export const target: FuzzTarget = {
 *   seeds: [Buffer.from('version= 1.0;authorizationrules{=> permit();};issuancerules{};')],
 *   dictionary: ['=>', 'JmesPath', '(('].map((word) => Buffer.from(word)),
 *   run: (input) => {
 *     const compiled = compilePolicy(Buffer.from(input).toString());
 *     return compiled.ok ? { code: 'accepted' } : { code: compiled.diagnostics[0]?.code ?? 'none' };
 *   },
 * };
 * ```
 *
 * `run` answers a refusal's code; an exception is a fault. Where acceptance proves something, `proven` holds the bytes that were signed and
 * the facts that were concluded: an accepted input whose `proven` is not that of an accepted seed is a false accept.
 * `npm run fuzz -- name` runs one target.
 */

/** What one input led to. */
export interface FuzzOutcome {
  /** `accepted`, or the code of the refusal. */
  readonly code: string;
  /** Where the evidence was refused; the runner keeps inputs that reach a new pair of code and place. */
  readonly where?: string;
  /** What acceptance of the input asserts: signed bytes, verdicts. Absent: nothing that could be false. */
  readonly proven?: readonly (Uint8Array | string)[];
}

/** One thing to fuzz. */
export interface FuzzTarget {
  /** Inputs to start from. Those that are accepted say what may be proven. */
  readonly seeds: readonly Uint8Array[];
  /** Words that the mutator puts into inputs. */
  readonly dictionary?: readonly Uint8Array[];
  /** Whether inputs of another size are refused at once: most then keep the size of their seed. Default: false. */
  readonly isOfFixedSize?: boolean;
  /** Largest input, bytes. Default: 65,536. */
  readonly largestInput?: number;
  /** Processor time that one input may take, milliseconds. Default: 1,000. */
  readonly mostMilliseconds?: number;
  /** Must not throw. */
  readonly run: (input: Uint8Array) => FuzzOutcome | Promise<FuzzOutcome>;
}

/** The target that a module exports. Throws a `TypeError` when it exports none. */
export function targetIn(module: unknown, file: string): FuzzTarget {
  const target = typeof module === 'object' && module !== null && 'target' in module ? module.target : undefined;
  if (!isTarget(target)) throw new TypeError(`${file} exports no target`);
  return target;
}

function isTarget(value: unknown): value is FuzzTarget {
  return typeof value === 'object' && value !== null && 'seeds' in value && 'run' in value;
}
