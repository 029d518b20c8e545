/** Failures of a command: one line for the user, and a hint that says what to do. */
import { debuglog } from 'node:util';
import { type ExitCode, exitCodes } from './session.ts';

/** A failure with its exit code, message and hint. */
export class CliFailure extends Error {
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(exitCode: ExitCode, message: string, hint?: string) {
    super(message);
    this.name = 'CliFailure';
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** Throws a {@link CliFailure} for wrong usage. */
export function misused(message: string, hint?: string): never {
  throw new CliFailure(exitCodes.usage, message, hint);
}

const debug = debuglog('atesto');

/** The failure for a bug in this program; the stack is shown only under `NODE_DEBUG=atesto`. */
export function internalFault(error: unknown): CliFailure {
  debug('%o', error);
  return new CliFailure(
    exitCodes.internal,
    `internal error: ${error instanceof Error ? error.message : 'unknown'}`,
    'This is a bug in Atesto. Please report it with the output of the same command under NODE_DEBUG=atesto.',
  );
}
