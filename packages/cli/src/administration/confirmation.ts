/** Asks before something is done that cannot be undone. */
import type { Command } from 'commander';
import { CliFailure, misused } from '../failure.ts';
import { exitCodes, type Session } from '../session.ts';

/** The option that answers beforehand. */
export interface ConfirmationOptions {
  readonly yes?: true;
}

/** Adds it. */
export function confirmable(command: Command): Command {
  return command.option('--yes', 'do not ask');
}

/** Returns when the user agrees; throws `CliFailure` otherwise. @param what is done, as a question without its mark: `Delete shop` */
export async function confirm(what: string, { yes }: ConfirmationOptions, { ask }: Session): Promise<void> {
  if (yes === true) return;
  if (ask === undefined) misused(`${what}? There is no terminal to ask on`, 'Give --yes to do it without a question.');
  const answer = await ask(`${what}? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliFailure(exitCodes.refused, 'nothing was done');
}
