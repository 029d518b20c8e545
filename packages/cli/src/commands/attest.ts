/** `atesto attest`: sends evidence to a service and prints the attestation token. */
import { Command } from 'commander';
import type { CredentialOptions } from '../attest/credential.ts';
import type { EvidenceOptions } from '../attest/evidence.ts';
import type { DataOptions } from '../attest/options.ts';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import { readInteger } from '../input/options.ts';
import { type ClientOption, clientVariables, variablesFor } from '../input/variables.ts';
import type { Session } from '../session.ts';

interface Options extends EvidenceOptions, DataOptions, CredentialOptions {
  readonly endpoint?: string;
  readonly provider?: string;
  readonly ca?: string;
  readonly apiVersion?: string;
  readonly scope?: string;
  readonly timeout: number;
  readonly json?: true;
}

const names: readonly ClientOption[] = ['endpoint', 'provider', 'ca', 'issuer', 'clientFile'];

const examples = `
Examples:
  $ atesto attest --endpoint https://attest.example.org --evidence quote.bin --runtime-data key.der
  $ atesto attest --endpoint https://attest.example.org --gramine --runtime-json claims.json \\
      --issuer https://login.example.org/tenant/v2.0 --client-id my-enclave --client-secret-file secret.txt

The token goes to standard output. JSON data is sent as the very bytes of the file, whose SHA-256 the evidence
must carry. --endpoint, --provider, --ca, --issuer and --client-file may also stand in
${names.map((name) => clientVariables[name]).join(', ')}.
Ends with 0: token, 1: refused by the service, 2: wrong call, 3: not reached.`;

/** The command. */
export function attestCommand(session: Session): Command {
  return new Command('attest')
    .description('Sends evidence to an attestation service and prints the attestation token.')
    .option('--endpoint <uri>', 'the service')
    .option('--provider <name>', 'the attestation provider (default: the one at the bare address)')
    .option('--evidence <file>', 'a quote of SGX or TDX, OpenEnclave evidence, or an SEV-SNP report or document')
    .option('--gramine [directory]', 'collect a quote from Gramine (default: /dev/attestation)')
    .option(
      '--tsm [directory]',
      'collect from Linux in a TDX or SEV-SNP machine (default: /sys/kernel/config/tsm/report)',
    )
    .option(
      '--simulator <directory or uri>',
      'let the simulated platform of a directory, or that of an emulator, make a quote',
    )
    .option('--runtime-data <file>', 'binary data that the evidence commits to')
    .option('--runtime-json <file>', 'a JSON object that the evidence commits to')
    .option('--init-time-data <file>', 'binary data that the configuration id commits to')
    .option('--init-time-json <file>', 'a JSON object that the configuration id commits to')
    .option('--nonce <text>', 'copied into the token')
    .option('--draft-policy <file>', 'a policy to try; the token is then unsecured')
    .option('--issuer <uri>', 'the OpenID issuer that gives the access token')
    .option('--client-id <id>', 'the client at the issuer')
    .option('--client-secret-file <file>', 'its secret: the first line of the file')
    .option('--client-file <file>', 'both as JSON: {"clientId", "clientSecret"}')
    .option('--scope <scope>', 'default: https://attest.azure.net/.default')
    .option('--access-token-file <file>', 'an access token from elsewhere: the first line of the file')
    .option('--ca <file>', 'CAs (PEM) to trust besides the public ones, for the service and the issuer')
    .option('--api-version <version>', 'version of the contract (default: 2025-06-01)')
    .option('--timeout <seconds>', 'how long each step may take', readInteger(1, 600), 30)
    .option('--json', 'print {"token", "requestId"} as JSON')
    .addHelpText('after', examples)
    .action((options: Options) => attest(options, session));
}

async function attest(given: Options, session: Session): Promise<void> {
  const options: Options = { ...given, ...variablesFor(names, given, session.env) };
  const { endpoint, provider, apiVersion } = options;
  if (endpoint === undefined) misused('which service? Give --endpoint URI.', `Or set ${clientVariables.endpoint}.`);
  const { createAttestationClient } = await import('@atesto/client');
  const { openCredential } = await import('../attest/credential.ts');
  const { openEvidence } = await import('../attest/evidence.ts');
  const { readAttestOptions } = await import('../attest/options.ts');
  const source = await openEvidence(options, session);
  const more = await readAttestOptions(options);
  const ca = options.ca === undefined ? undefined : await readText(options.ca, 'the CA');
  const { timeout: timeoutSeconds, scope } = options;
  const opened = await openCredential(options, ca, timeoutSeconds);
  try {
    const client = createAttestationClient({
      endpoint,
      timeoutSeconds,
      ...(provider === undefined ? {} : { provider }),
      ...(scope === undefined ? {} : { scope }),
      ...(opened === undefined ? {} : { credential: opened.credential }),
      ...(ca === undefined ? {} : { ca }),
      ...(apiVersion === undefined ? {} : { apiVersion }),
    });
    try {
      const { token, requestId = null } = await client.attest(source, more);
      session.out(`${options.json === true ? JSON.stringify({ token, requestId }) : token}\n`);
    } finally {
      await client.close();
    }
  } finally {
    await opened?.close();
  }
}
