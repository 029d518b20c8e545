/** Failures of a command: one line for the user, and a hint that says what to do; or the same as JSON. */
import { debuglog } from 'node:util';
import { type ExitCode, exitCodes } from './session.ts';

/** What is known of a failure besides its message. */
export interface FailureDetails {
  readonly hint?: string | undefined;
  /** Code of the refusal or error that it comes from: docs/errors.md. */
  readonly code?: string | undefined;
  /** The request at the service. */
  readonly requestId?: string | undefined;
}

/** A failure with its exit code and message. */
export class CliFailure extends Error {
  readonly exitCode: ExitCode;
  readonly details: FailureDetails;

  /** @param details a text is the hint */
  constructor(exitCode: ExitCode, message: string, details: FailureDetails | string = {}) {
    super(message);
    this.name = 'CliFailure';
    this.exitCode = exitCode;
    this.details = typeof details === 'string' ? { hint: details } : details;
  }
}

/** Throws a {@link CliFailure} for wrong usage. */
export function misused(message: string, details: FailureDetails | string = {}): never {
  throw new CliFailure(exitCodes.usage, message, details);
}

/** What failed, in one line: the message, the code, the request. */
export function headlineOf({ message, details: { code, requestId } }: CliFailure): string {
  const coded = code === undefined ? '' : ` [${code}]`;
  return `${message}${coded}${requestId === undefined ? '' : `, request ${requestId}`}`;
}

/** Codes of failures that come from no refusal, by exit code. */
const generalCodes: Readonly<Record<ExitCode, string>> = {
  [exitCodes.ok]: 'ok',
  [exitCodes.refused]: 'refused',
  [exitCodes.usage]: 'usage',
  [exitCodes.unavailable]: 'unavailable',
  [exitCodes.internal]: 'internal',
};

/** `{"error": {"code", "message", "hint"?, "requestId"?, "exitCode"}}`. */
export function failureJson({ message, exitCode, details }: CliFailure): string {
  const { code = generalCodes[exitCode], hint, requestId } = details;
  return JSON.stringify({ error: { code, message, hint, requestId, exitCode } });
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
