/** Loads the settings of a service for the store commands, and prints refusals of the store. */
import { ConfigRefused, loadConfig, type ServiceConfig, StoreUnusable } from '@atesto/service';
import type { Command } from 'commander';
import { CliFailure } from '../failure.ts';
import { withoutClientVariables } from '../input/variables.ts';
import { exitCodes, type Session } from '../session.ts';

/** Options that every command of the store has. */
export interface StoreCommandOptions {
  readonly config?: string;
  readonly development?: true;
  readonly json?: true;
}

/** A refusal of the store. */
export interface StoreRefusal {
  readonly code: string;
  readonly where: string;
  readonly why: string;
}

/** Gives a command the options of {@link StoreCommandOptions}. */
export function aboutStore(command: Command): Command {
  return command
    .option('--config <file>', 'settings of the service, JSON (default: the path in ATESTO_CONFIG, else none)')
    .option('--development', 'the service runs with --development')
    .option('--json', 'answer in JSON');
}

/** Runs the work with the settings; failures to open the store become `CliFailure`s. */
export async function withSettings<Value>(
  { config: given, development }: StoreCommandOptions,
  session: Session,
  work: (config: ServiceConfig) => Promise<Value>,
): Promise<Value> {
  const env = withoutClientVariables(session.env);
  const overrides =
    development === true ? { environment: 'development', developmentIdentity: { enabled: true } } : undefined;
  try {
    return await work(loadConfig({ file: given ?? env.ATESTO_CONFIG, env, overrides }));
  } catch (error) {
    if (error instanceof StoreUnusable) throw new CliFailure(exitCodes.unavailable, error.message);
    if (error instanceof ConfigRefused) throw new CliFailure(exitCodes.usage, error.message);
    throw error;
  }
}

/** Prints a refusal of the store and sets the exit code: 3 when the database is unavailable, else 1. */
export function printRefusal(refusal: StoreRefusal, { json }: StoreCommandOptions, session: Session): void {
  session.exitCode = refusal.code === 'store-unavailable' ? exitCodes.unavailable : exitCodes.refused;
  const { code, where, why } = refusal;
  if (json === true) session.out(`${JSON.stringify({ ok: false, error: { code, where, why } })}\n`);
  else session.err(`${session.style.err.bad('refused:')} ${where}: ${why} (${code})\n`);
}
