/** Runs one command line to its end and says with which number it ends. Never throws. */
import { CommanderError } from 'commander';
import { failureOf } from './failure.ts';
import { buildProgram } from './program.ts';
import { beginSession, type ExitCode, exitCodes, type Session } from './session.ts';
import { printable } from './style.ts';
import type { Surroundings } from './surroundings.ts';

/** @param args what follows the program's name */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const session = beginSession(surroundings);
  try {
    await buildProgram(session).parseAsync([...args], { from: 'user' });
    return session.exitCode;
  } catch (error) {
    return conclude(error, session);
  }
}

function conclude(error: unknown, session: Session): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const failure = failureOf(error);
  const { err: style } = session.style;
  session.err(`${style.bad('atesto:')} ${printable(failure.message)}\n`);
  if (failure.hint !== undefined) session.err(`${style.faint('hint:')} ${printable(failure.hint)}\n`);
  return failure.exitCode;
}
