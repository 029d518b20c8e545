/** One run of one command: its environment, output style and exit code. */

import type { CliEnvironment } from './environment.ts';
import { type Style, styleFor } from './style.ts';

/** The exit codes of all commands. */
export const exitCodes = {
  /** Success; evidence, token or policy was accepted. */
  ok: 0,
  /** Evidence, token, policy or request was refused. */
  refused: 1,
  /** Wrong usage: options, files, a policy that does not parse. */
  usage: 2,
  /** No result: a server, database or device could not be reached. */
  unavailable: 3,
  /** A bug in this program. */
  internal: 70,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a command is given. */
export interface Session extends CliEnvironment {
  /** The styles of standard output and standard error. */
  readonly style: { readonly out: Style; readonly err: Style };
  /** What follows the program's name. */
  readonly args: readonly string[];
  /** Whether failures are told as JSON, as results are. */
  readonly isJson: boolean;
  /** Set by a command that does not end with 0: one of {@link exitCodes}, or the code of another command that it ran. */
  exitCode: number;
}

/** Begins a run. @param args the command line */
export function beginSession(environment: CliEnvironment, args: readonly string[] = []): Session {
  const { out, err } = environment.color;
  const end = args.indexOf('--');
  const isJson = args.slice(0, end < 0 ? undefined : end).includes('--json');
  return { ...environment, style: { out: styleFor(out), err: styleFor(err) }, args, isJson, exitCode: exitCodes.ok };
}
