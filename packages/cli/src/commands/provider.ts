/** `atesto provider create | list | show | recover-signers | delete`: the attestation providers of a service. */
import type { PolicySignerDescription, ProviderDescription } from '@atesto/client/admin';
import { Command } from 'commander';
import { type ConfirmationOptions, confirm, confirmable } from '../administration/confirmation.ts';
import { administer, type ConnectionOptions, serviceConnectable } from '../administration/connection.ts';
import { readText } from '../input/file.ts';
import { collected } from '../input/options.ts';
import type { Session } from '../session.ts';
import { columns, rows } from '../style.ts';

interface Options extends ConnectionOptions {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly signer?: readonly string[];
}

/** The commands. */
export function providerCommands(session: Session): Command[] {
  return [create(session), list(session), show(session), recover(session), remove(session)];
}

function placed(command: Command, ...examples: readonly string[]): Command {
  return serviceConnectable(command, ...examples)
    .option('--subscription <id>', 'where it is filed', 'atesto')
    .option('--resource-group <name>', 'where it is filed', 'default');
}

function create(session: Session): Command {
  return placed(
    new Command('create').description('Creates an attestation provider.').argument('<name>', 'its name'),
    'create payments',
    'create payments --signer signer.pem     # Isolated: only signed policies count',
  )
    .option('--location <name>', 'where it stands, for the record', 'local')
    .option(
      '--signer <file>',
      'a certificate chain (PEM) of a policy signer; may be given several times',
      collected(String),
    )
    .action((name: string, options: Options) =>
      administer(options, session, async ({ providers }) => {
        const signers = await Promise.all((options.signer ?? []).map((path) => readText(path, 'the certificate')));
        const made = await providers.create(options, name, { location: options.location, policySigners: signers });
        printProvider(made, options, session);
      }),
    );
}

function list(session: Session): Command {
  return placed(new Command('list').description('Lists the attestation providers of a subscription.'), 'list').action(
    (options: Options) =>
      administer(options, session, async ({ providers }) => {
        const found = await providers.list(options.subscription);
        if (options.json === true) session.out(`${JSON.stringify(found)}\n`);
        else session.out(columns(found.map(({ name, trustModel, attestUri }) => [name, trustModel, attestUri])));
      }),
  );
}

function show(session: Session): Command {
  return placed(
    new Command('show').description('Shows an attestation provider.').argument('<name>', 'its name'),
    'show payments',
  ).action((name: string, options: Options) =>
    administer(options, session, async ({ providers }) =>
      printProvider(await providers.get(options, name), options, session),
    ),
  );
}

function recover(session: Session): Command {
  return placed(
    new Command('recover-signers')
      .description('Gives a provider policy signers again after the certificates of all its signers have expired.')
      .argument('<name>', 'its name')
      .requiredOption(
        '--signer <file>',
        'a certificate chain (PEM) of a policy signer; may be given several times',
        collected(String),
      ),
    'recover-signers payments --signer signer.pem',
  ).action((name: string, options: Options) =>
    administer(options, session, async ({ providers }) => {
      const signers = await Promise.all((options.signer ?? []).map((path) => readText(path, 'the certificate')));
      const all = await providers.recoverSigners(options, name, signers);
      session.out(options.json === true ? `${JSON.stringify(all)}\n` : columns(all.map(signerLine)));
    }),
  );
}

function signerLine({ thumbprint, expires }: PolicySignerDescription): [string, string] {
  return [thumbprint, `${Date.parse(expires) < Date.now() ? 'expired on' : 'until'} ${expires}`];
}

function remove(session: Session): Command {
  return confirmable(
    placed(
      new Command('delete')
        .description('Deletes an attestation provider with its policies; its tokens stay valid.')
        .argument('<name>', 'its name'),
      'delete payments',
    ),
  ).action((name: string, options: Options & ConfirmationOptions) =>
    administer(options, session, async ({ providers }) => {
      await confirm(`Delete the provider ${name} with its policies`, options, session);
      const deleted = await providers.delete(options, name);
      if (options.json === true) session.out(`${JSON.stringify({ name, deleted })}\n`);
      else session.err(deleted ? `${name} is deleted\n` : `there is no provider ${name}\n`);
    }),
  );
}

function printProvider(provider: ProviderDescription, { json }: Options, session: Session): void {
  if (json === true) {
    session.out(`${JSON.stringify(provider)}\n`);
    return;
  }
  const { name, trustModel, status, location, attestUri, policySigners } = provider;
  const lines = rows(
    [
      ['uri', attestUri],
      ['trust model', trustModel],
      ['status', status],
      ['location', location],
      ...policySigners.map((signer): [string, string] => ['policy signer', signerLine(signer).join(' ')]),
    ],
    session.style.out,
  );
  session.out(`${session.style.out.title(name)}\n${lines}`);
}
