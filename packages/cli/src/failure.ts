/** How does the command line tell of a failure? In one line, and one more that says what to do. */
import { debuglog } from 'node:util';
import { type ExitCode, exitCodes } from './session.ts';

/** A failure in words for people. */
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

/** The call is wrong: never returns. */
export function misused(message: string, hint?: string): never {
  throw new CliFailure(exitCodes.usage, message, hint);
}

const debug = debuglog('atesto');

/** A fault of this program; its stack goes to `NODE_DEBUG=atesto` alone. */
export function internalFault(error: unknown): CliFailure {
  debug('%o', error);
  return new CliFailure(
    exitCodes.internal,
    `internal fault: ${error instanceof Error ? error.message : 'unknown'}`,
    'This is a fault of Atesto. Please report it with the output of the same command under NODE_DEBUG=atesto.',
  );
}
