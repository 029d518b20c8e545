/** Runs one command line and returns its exit code. Never throws. */
import { CommanderError } from 'commander';
import { runEmulator } from './commands/emulator.ts';
import type { CliEnvironment } from './environment.ts';
import { CliFailure, internalFault } from './failure.ts';
import { buildProgram } from './program.ts';
import { beginSession, exitCodes, type Session } from './session.ts';
import { printable } from './style.ts';

/** @param args what follows the program's name */
export async function run(args: readonly string[], environment: CliEnvironment): Promise<number> {
  const session = beginSession(environment);
  try {
    // Its options are for another package, which a production installation lacks.
    if (args[0] === 'emulator') return await runEmulator(args.slice(1), session);
    await buildProgram(session).parseAsync([...args], { from: 'user' });
    return session.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return conclude(await failureOf(error), session);
  }
}

async function failureOf(error: unknown): Promise<CliFailure> {
  if (error instanceof CliFailure) return error;
  const { explain } = await import('./explain.ts');
  return explain(error) ?? internalFault(error);
}

function conclude({ message, hint, exitCode }: CliFailure, session: Session): number {
  const { err: style } = session.style;
  session.err(`${style.bad('atesto:')} ${printable(message)}\n`);
  if (hint !== undefined) session.err(`${style.faint('hint:')} ${printable(hint)}\n`);
  return exitCode;
}
