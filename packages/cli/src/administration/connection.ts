/** The options, or variables, with which administration commands reach a service. */
import type { AdministrationClient, ProviderAdministration } from '@atesto/client/admin';
import type { Command } from 'commander';
import { type CredentialOptions, openCredential } from '../attest/credential.ts';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import { readInteger } from '../input/options.ts';
import { type ClientOption, clientVariables, variablesFor } from '../input/variables.ts';
import type { Session } from '../session.ts';

/** The options that {@link connectable} adds. */
export interface ConnectionOptions extends CredentialOptions {
  readonly endpoint?: string;
  readonly provider?: string;
  readonly ca?: string;
  readonly timeout: number;
  readonly json?: true;
}

const names: readonly ClientOption[] = ['endpoint', 'provider', 'ca', 'issuer', 'clientFile'];

const providerHelp = `
--endpoint, --provider, --ca, --issuer and --client-file may also stand in ${variablesOf(names)}.`;
const serviceHelp = `
--endpoint, --ca, --issuer and --client-file may also stand in ${variablesOf(names.filter((name) => name !== 'provider'))}.`;

function variablesOf(options: readonly ClientOption[]): string {
  return options.map((option) => clientVariables[option]).join(', ');
}

/** Adds the options that say where and as whom. @param examples what follows `atesto provider` in each example */
export function connectable(command: Command, ...examples: readonly string[]): Command {
  const placed = command
    .option('--endpoint <uri>', 'the service')
    .option('--provider <name>', 'the attestation provider (default: the one at the bare address)');
  return credentialed(placed, examples, providerHelp);
}

/** The same without `--provider`: for commands that are about the service, or name a provider as their argument. */
export function serviceConnectable(command: Command, ...examples: readonly string[]): Command {
  return credentialed(command.option('--endpoint <uri>', 'the service'), examples, serviceHelp);
}

function credentialed(command: Command, examples: readonly string[], help: string): Command {
  const shown = examples.map((example) => `  $ atesto provider ${example}\n`).join('');
  return command
    .option('--issuer <uri>', 'the OpenID issuer that gives the access token')
    .option('--client-id <id>', 'the client at the issuer')
    .option('--client-secret-file <file>', 'its secret: the first line of the file')
    .option('--client-file <file>', 'both as JSON: {"clientId", "clientSecret"}')
    .option('--access-token-file <file>', 'an access token from elsewhere: the first line of the file')
    .option('--ca <file>', 'CAs (PEM) to trust besides the public ones, for the service and the issuer')
    .option('--timeout <seconds>', 'how long each step may take', readInteger(1, 600), 30)
    .option('--json', 'print JSON')
    .addHelpText('after', `\nExample${examples.length === 1 ? '' : 's'}:\n${shown}${help}`);
}

/** Works as administrator of a service, and ends the connections. */
export async function administer(
  given: ConnectionOptions,
  session: Session,
  work: (client: AdministrationClient, provider: ProviderAdministration, providerName?: string) => Promise<void>,
): Promise<void> {
  const { createAdministrationClient } = await import('@atesto/client/admin');
  const options: ConnectionOptions = { ...given, ...variablesFor(names, given, session.env) };
  const { endpoint } = options;
  if (endpoint === undefined) misused('which service? Give --endpoint URI.', `Or set ${clientVariables.endpoint}.`);
  const ca = options.ca === undefined ? undefined : await readText(options.ca, 'the CA');
  const opened = await openCredential(options, ca, options.timeout);
  if (opened === undefined) misused('administrators need an access token', 'Give --issuer and --client-file.');
  try {
    const client = createAdministrationClient({
      endpoint,
      credential: opened.credential,
      timeoutSeconds: options.timeout,
      ...(ca === undefined ? {} : { ca }),
    });
    try {
      await work(client, client.provider(options.provider), options.provider);
    } finally {
      await client.close();
    }
  } finally {
    await opened.close();
  }
}
