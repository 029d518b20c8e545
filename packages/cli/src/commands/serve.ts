/** `atesto serve`: runs the service until it is told to stop. */
import { loadConfig, startService } from '@atesto/service';
import { Command } from 'commander';

async function run(options: { readonly config?: string; readonly development?: boolean }): Promise<void> {
  const overrides =
    options.development === true ? { environment: 'development', developmentIdentity: { enabled: true } } : {};
  const config = loadConfig({ file: options.config ?? process.env['ATESTO_CONFIG'], env: process.env, overrides });
  const service = await startService(config);
  process.stderr.write(`Atesto is listening at ${service.url}\n`);
  if (service.caFile !== undefined) {
    process.stderr.write(`Make a client trust it:  export NODE_EXTRA_CA_CERTS=${service.caFile}\n`);
  }
  if (service.developmentIdentity !== undefined) {
    const { issuer, clientId } = service.developmentIdentity;
    process.stderr.write(
      `Development OpenID provider: ${issuer}, client ${clientId}; its secret stands in the state directory.\n`,
    );
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  await promise;
  await service.close();
}

/** The command. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Runs the attestation service until it gets SIGINT or SIGTERM.')
    .option('--config <file>', 'settings as JSON (default: ATESTO_CONFIG); ATESTO_* variables go over it')
    .option('--development', 'make certificates and keys, run the development OpenID provider; never for production')
    .action(run);
}
