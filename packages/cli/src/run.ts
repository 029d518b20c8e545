/** Runs one command line and returns its exit code. Never throws. */
import { CommanderError } from 'commander';
import { runEmulator } from './commands/emulator.ts';
import type { CliEnvironment } from './environment.ts';
import { CliFailure, failureJson, headlineOf, internalFault } from './failure.ts';
import { buildProgram } from './program.ts';
import { beginSession, exitCodes, type Session } from './session.ts';
import { printable } from './style.ts';
import { misuseOf, withKeyIdLast } from './usage.ts';

/** @param args what follows the program's name */
export async function run(args: readonly string[], environment: CliEnvironment): Promise<number> {
  const session = beginSession(environment, args);
  try {
    // Its options are for another package, which a production installation lacks.
    if (args[0] === 'emulator') return await runEmulator(args.slice(1), session);
    await buildProgram(session).parseAsync(withKeyIdLast(args), { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return conclude(await failureOf(error), session);
    if (error.exitCode === 0) return exitCodes.ok;
    // As text it is written already.
    return session.isJson ? conclude(misuseOf(error), session) : exitCodes.usage;
  }
}

async function failureOf(error: unknown): Promise<CliFailure> {
  if (error instanceof CliFailure) return error;
  const { explain } = await import('./explain.ts');
  return explain(error) ?? internalFault(error);
}

function conclude(failure: CliFailure, { err, isJson, style }: Session): number {
  if (isJson) err(`${failureJson(failure)}\n`);
  else {
    const { hint } = failure.details;
    err(`${style.err.bad('atesto:')} ${printable(headlineOf(failure))}\n`);
    if (hint !== undefined) err(`${style.err.faint('hint:')} ${printable(hint)}\n`);
  }
  return failure.exitCode;
}
