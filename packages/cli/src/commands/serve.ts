/** `atesto serve`: runs the service until it is told to stop. */
import { Command } from 'commander';
import { misused } from '../failure.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly config?: string;
  readonly development?: boolean;
}

async function run(options: Options, session: Session): Promise<void> {
  const { ConfigRefused, loadConfig, startService } = await import('@atesto/service');
  const overrides =
    options.development === true ? { environment: 'development', developmentIdentity: { enabled: true } } : {};
  const file = options.config ?? session.env['ATESTO_CONFIG'];
  const start = async () => startService(loadConfig({ file, env: session.env, overrides }));
  const service = await start().catch((error: unknown) => {
    if (error instanceof ConfigRefused) return misused(error.message);
    throw error;
  });
  session.err(`Atesto is listening at ${service.url}\n`);
  if (service.caFile !== undefined) {
    session.err(`Make a client trust it:  export NODE_EXTRA_CA_CERTS=${service.caFile}\n`);
  }
  if (service.developmentIdentity !== undefined) {
    const { issuer, clientId } = service.developmentIdentity;
    session.err(
      `Development OpenID provider: ${issuer}, client ${clientId}; its secret stands in the state directory.\n`,
    );
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  await promise;
  await service.close();
}

/** The command. */
export function serveCommand(session: Session): Command {
  return new Command('serve')
    .description('Runs the attestation service until it gets SIGINT or SIGTERM.')
    .option('--config <file>', 'settings as JSON (default: ATESTO_CONFIG); ATESTO_* variables go over it')
    .option('--development', 'make certificates and keys, run the development OpenID provider; never for production')
    .action((options: Options) => run(options, session));
}
