/** The settings of the service whose store a command is about, and how the store's refusals end a command. */
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

/** Runs the work with the settings; what keeps the store from being opened is said in words. */
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

/** Tells a refusal of the store, and sets how the command ends: 3 when the database is away, else 1. */
export function tellRefusal(refusal: StoreRefusal, { json }: StoreCommandOptions, session: Session): void {
  session.exitCode = refusal.code === 'store-unavailable' ? exitCodes.unavailable : exitCodes.refused;
  const { code, where, why } = refusal;
  if (json === true) session.out(`${JSON.stringify({ ok: false, error: { code, where, why } })}\n`);
  else session.err(`${session.style.err.bad('refused:')} ${where}: ${why} (${code})\n`);
}
