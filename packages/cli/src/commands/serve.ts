/** `atesto serve`: runs the service until it is asked to stop. */
import type { SimulatedPlatforms } from '@atesto/emulator';
import type { ServiceConfig } from '@atesto/service';
import { Command } from 'commander';
import { loadEmulator, openPlatforms } from '../emulator/load.ts';
import { withoutClientVariables } from '../input/variables.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly config?: string;
  readonly development?: true;
  readonly simulator?: string;
}

const examples = `
Examples:
  $ atesto serve --config atesto.json
  $ atesto serve --development --simulator .atesto/simulator

Settings come from the file, then from ATESTO_… variables; every fault is named at start.
--development generates certificates and keys and runs an OpenID provider on loopback; with --simulator the
service also trusts simulated platforms of Intel and AMD, which are created if the directory has none.
Log lines (JSON) go to standard output. SIGINT and SIGTERM shut the service down. Outside of a terminal, SIGHUP reloads
settings and certificates; a change of a setting that is fixed at start refuses the whole reload, and the log says why.`;

/** The command. */
export function serveCommand(session: Session): Command {
  return new Command('serve')
    .description('Runs the attestation service.')
    .option('--config <file>', 'settings, JSON (default: the path in ATESTO_CONFIG, else none)')
    .option('--development', 'run with certificates, keys and an OpenID provider for development')
    .option('--simulator <directory>', 'trust the simulated platforms of a directory; only in development')
    .addHelpText('after', examples)
    .action((options: Options) => serve(options, session));
}

async function serve(
  { config: given, development: isDevelopment, simulator }: Options,
  session: Session,
): Promise<void> {
  const { loadConfig, startService } = await import('@atesto/service');
  const { explainStart } = await import('../serve/start.ts');
  const { banner } = await import('../serve/banner.ts');
  // The variables of the client commands may be set in the same shell.
  const env = withoutClientVariables(session.env);
  const file = given ?? env.ATESTO_CONFIG;
  const platforms = simulator === undefined ? undefined : await openPlatforms(simulator);
  const overrides = {
    ...(isDevelopment === true ? { environment: 'development', developmentIdentity: { enabled: true } } : {}),
    ...(platforms === undefined ? {} : { provider: { trustAnchors: platforms.trustAnchors } }),
  };
  const stop = session.stopRequested();
  const startAborted = new AbortController();
  void stop.then(() => startAborted.abort());
  const load = (): ServiceConfig => loadConfig({ file, env, overrides });
  let reload = (): void => {};
  session.onReloadRequest(() => reload());
  const started = async () => {
    const config = load();
    const options = config.environment === 'development' ? await developmentOptions(platforms) : {};
    const service = await startService(config, { signal: startAborted.signal, ...options });
    reload = () => void service.reload(load);
    session.err(banner(service, config, simulator, session.style.err));
    return service;
  };
  const service = await explainStart(
    started,
    isDevelopment === true ? '' : ' With --development none is needed.',
  ).catch((error: unknown) => {
    if (error === startAborted.signal.reason) return undefined;
    throw error;
  });
  if (service === undefined) return;
  await stop;
  await service.close();
}

async function developmentOptions(platforms: SimulatedPlatforms | undefined) {
  const { development, simulatedEndorsements } = await loadEmulator('environment development');
  return { development, ...(platforms === undefined ? {} : simulatedEndorsements(platforms)) };
}
