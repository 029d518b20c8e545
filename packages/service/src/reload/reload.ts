/** Puts a new configuration in force while the service runs, whole or not at all. */
import { type ConfigProblem, ConfigRefused } from '../config/problem.ts';
import { fixedDifferences } from '../config/reloadable.ts';
import type { ServiceConfig } from '../config/schema.ts';

/** What a reload needs. */
export interface ReloadParts {
  readonly log: { info(line: object, message: string): void; error(line: object, message: string): void };
  /** The configuration in force. */
  readonly running: () => ServiceConfig;
  /** Makes everything that the configuration describes, and changes nothing. Throws `ConfigRefused`. Returns what puts it in force, which cannot fail. */
  readonly prepare: (config: ServiceConfig) => Promise<() => void>;
}

/**
 * Reads a configuration and puts it in force. When it cannot be read, when anything of it is invalid, or when a setting differs that counts from the
 * start only, the old one stays and each fault is one log line. Returns whether it is in force.
 */
export async function reload(read: () => ServiceConfig, { log, running, prepare }: ReloadParts): Promise<boolean> {
  try {
    const config = read();
    const problems = fixedDifferences(running(), config);
    if (problems.length > 0) throw new ConfigRefused(problems);
    (await prepare(config))();
    log.info({ event: 'reload' }, 'the configuration was read anew and is in force');
    return true;
  } catch (error) {
    for (const fault of faultsOf(error))
      log.error({ event: 'reload', ...fault }, 'the new configuration is refused; the old one stays');
    return false;
  }
}

/** Errors of the file system name paths of settings, and no content. */
function faultsOf(error: unknown): (ConfigProblem | { readonly err: unknown })[] {
  return error instanceof ConfigRefused ? [...error.problems] : [{ err: error }];
}
