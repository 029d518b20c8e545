/** `atesto provider key list | rotate | import | withdraw`: the keys that sign a provider's tokens. */
import type { JsonMembers } from '@atesto/client';
import type { ProviderAdministration } from '@atesto/client/admin';
import { Command } from 'commander';
import { type ConfirmationOptions, confirm, confirmable } from '../administration/confirmation.ts';
import { administer, type ConnectionOptions, connectable } from '../administration/connection.ts';
import { CliFailure } from '../failure.ts';
import { readText } from '../input/file.ts';
import { exitCodes, type Session } from '../session.ts';
import { printable } from '../style.ts';

/** The commands. */
export function providerKeyCommands(session: Session): Command[] {
  const command = (name: string, description: string, more = ''): Command =>
    connectable(new Command(name).description(description), `key ${name}${more}`);
  return [
    command('list', 'Lists the signing keys and when each signs.').action((options: ConnectionOptions) =>
      printKeys(options, session, (provider) => provider.own('GET', '/keys')),
    ),
    command('rotate', 'Adds a new signing key now; it is published first and signs after the configured lead.').action(
      (options: ConnectionOptions) =>
        printKeys(options, session, (provider) => provider.own('POST', '/keys:rotate', {})),
    ),
    command('import', 'Adds a signing key that was made elsewhere.', ' signing.key')
      .argument('<file>', 'the private key, PEM')
      .action((file: string, options: ConnectionOptions) =>
        printKeys(options, session, async (provider) =>
          provider.own('POST', '/keys:import', { privateKey: await readText(file, 'the private key') }),
        ),
      ),
    confirmable(
      command('withdraw', 'Takes a key out at once, as when it was stolen: its tokens verify no longer.', ' KID'),
    )
      .argument('<kid>', 'its identifier')
      .action((kid: string, options: ConnectionOptions & ConfirmationOptions) =>
        printKeys(options, session, async (provider) => {
          await confirm(`Withdraw the signing key ${kid}, so that its tokens verify no longer`, options, session);
          return withdraw(provider, kid);
        }),
      ),
  ];
}

async function withdraw(provider: ProviderAdministration, kid: string): Promise<JsonMembers> {
  const answer = await provider.own('POST', '/keys:withdraw', { kid });
  if (answer.changed !== false) return answer;
  // Who misspells a stolen key must not believe that it is gone.
  throw new CliFailure(
    exitCodes.refused,
    `the provider has no signing key ${kid}: nothing was withdrawn`,
    'atesto provider key list shows those that it has.',
  );
}

function printKeys(
  options: ConnectionOptions,
  session: Session,
  ask: (provider: ProviderAdministration) => Promise<JsonMembers>,
): Promise<void> {
  return administer(options, session, async (_client, provider) => {
    const answer = await ask(provider);
    if (options.json === true) {
      session.out(`${JSON.stringify(answer)}\n`);
      return;
    }
    for (const key of Array.isArray(answer.keys) ? answer.keys : []) {
      const { kid, algorithm, heldBy, state, signsFrom } = Object(key);
      session.out(
        `${printable(`${kid}  ${String(state).padEnd(7)}  ${algorithm}  ${heldBy}  signs from ${signsFrom}`)}\n`,
      );
    }
  });
}
