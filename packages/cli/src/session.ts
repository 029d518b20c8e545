/** One run of one command: the world around it, the way it writes, and how it ends. */
import { type Style, styleFor } from './style.ts';
import type { Surroundings } from './surroundings.ts';

/** How a run ends; the same numbers for all commands. */
export const exitCodes = {
  /** Done; the verdict is favourable. */
  ok: 0,
  /** The verdict is a refusal. */
  refused: 1,
  /** The call itself is wrong: options, files, a policy that does not parse. */
  usage: 2,
  /** No verdict: something that was needed could not be reached. */
  unavailable: 3,
  /** A fault of this program. */
  internal: 70,
} as const;

/** A number that a run ends with. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a command is given. */
export interface Session extends Surroundings {
  /** How to write on standard output, and on standard error. */
  readonly style: { readonly out: Style; readonly err: Style };
  /** The number to end with; a command sets it when it is not 0. */
  exitCode: ExitCode;
}

/** Begins a run. */
export function beginSession(surroundings: Surroundings): Session {
  const { out, err } = surroundings.colour;
  return { ...surroundings, style: { out: styleFor(out), err: styleFor(err) }, exitCode: exitCodes.ok };
}
