/** Applies a new configuration to the running service, completely or not at all. */
import { type ConfigProblem, ConfigRefused } from '../config/problem.ts';
import { fixedDifferences } from '../config/reloadable.ts';
import type { ServiceConfig } from '../config/schema.ts';

/** What {@link reload} needs. */
export interface ReloadDeps {
  readonly log: { info(line: object, message: string): void; error(line: object, message: string): void };
  /** The configuration in force. */
  readonly running: () => ServiceConfig;
  /** Opens what the configuration describes without changing anything. Throws `ConfigRefused`. The returned function applies it and cannot fail. */
  readonly prepare: (config: ServiceConfig) => Promise<() => void>;
}

/**
 * Reads a configuration and applies it. If it cannot be read, is invalid, or changes a setting that is fixed at start, the old one stays and each
 * fault is one log line. Returns whether the new one was applied.
 */
export async function reload(read: () => ServiceConfig, { log, running, prepare }: ReloadDeps): Promise<boolean> {
  try {
    const config = read();
    const problems = fixedDifferences(running(), config);
    if (problems.length > 0) throw new ConfigRefused(problems);
    (await prepare(config))();
    log.info({ event: 'reload' }, 'the configuration was reloaded');
    return true;
  } catch (error) {
    for (const fault of faultsOf(error))
      log.error({ event: 'reload', ...fault }, 'the new configuration is refused; the old one stays');
    return false;
  }
}

/** Errors of the file system contain paths from the settings, and no file content. */
function faultsOf(error: unknown): (ConfigProblem | { readonly err: unknown })[] {
  return error instanceof ConfigRefused ? [...error.problems] : [{ err: error }];
}
