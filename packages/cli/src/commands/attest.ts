/** `atesto attest`: sends evidence to a service and prints the attestation token. */
import {
  type AttestedData,
  createAttestationClient,
  createClientCredentials,
  evidenceFromGramine,
  evidenceOf,
} from '@atesto/client';
import { Command } from 'commander';
import { misused } from '../failure.ts';
import { readBytes, readText } from '../input/file.ts';
import type { Session } from '../session.ts';

interface Options {
  readonly endpoint: string;
  readonly evidence?: string;
  readonly gramine?: string | true;
  readonly runtimeData?: string;
  readonly runtimeDataType: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly ca?: string;
  readonly nonce?: string;
}

async function runtimeDataOf({ runtimeData, runtimeDataType }: Options): Promise<AttestedData | undefined> {
  if (runtimeData === undefined) return undefined;
  const bytes = await readBytes(runtimeData, 'the runtime data');
  if (runtimeDataType === 'json') return { json: bytes };
  if (runtimeDataType === 'binary') return { binary: bytes };
  return misused('--runtime-data-type is binary or json');
}

function credentialOf({ issuer, clientId }: Options, ca: string | undefined, session: Session) {
  if (issuer === undefined) return undefined;
  const clientSecret = session.env['ATESTO_CLIENT_SECRET'];
  if (clientId === undefined || clientSecret === undefined) {
    return misused('--issuer needs --client-id and the secret in the variable ATESTO_CLIENT_SECRET');
  }
  return createClientCredentials({ issuer, clientId, clientSecret, ...(ca === undefined ? {} : { ca }) });
}

async function run(options: Options, session: Session): Promise<void> {
  const ca = options.ca === undefined ? undefined : await readText(options.ca, 'the CA');
  const credential = credentialOf(options, ca, session);
  const client = createAttestationClient({
    endpoint: options.endpoint,
    ...(ca === undefined ? {} : { ca }),
    ...(credential === undefined ? {} : { credential }),
  });
  const runtimeData = await runtimeDataOf(options);
  const more = {
    ...(runtimeData === undefined ? {} : { runtimeData }),
    ...(options.nonce === undefined ? {} : { nonce: options.nonce }),
  };
  try {
    const result =
      options.evidence === undefined
        ? await client.attest(evidenceFromGramine(options.gramine === true ? undefined : options.gramine), more)
        : await client.attestEvidence(
            evidenceOf(await readBytes(options.evidence, 'the evidence'), options.evidence),
            more,
          );
    session.out(`${result.token}\n`);
  } finally {
    await client.close();
    await credential?.close();
  }
}

/** The command. */
export function attestCommand(session: Session): Command {
  return new Command('attest')
    .description('Sends evidence to an attestation service and prints the attestation token.')
    .requiredOption('--endpoint <uri>', 'the attestation provider')
    .option('--evidence <file>', 'a quote, or OpenEnclave evidence')
    .option('--gramine [directory]', "collect the evidence from Gramine's /dev/attestation")
    .option('--runtime-data <file>', 'data that the evidence commits to')
    .option('--runtime-data-type <type>', 'binary or json', 'binary')
    .option('--nonce <text>', 'copied into the token')
    .option('--issuer <uri>', 'the OpenID issuer that gives the access token')
    .option('--client-id <id>', 'the client; its secret stands in ATESTO_CLIENT_SECRET')
    .option('--ca <file>', 'a CA (PEM) to trust besides the public ones')
    .action(async (options: Options) => {
      if ((options.evidence === undefined) === (options.gramine === undefined)) {
        misused('give either --evidence or --gramine');
      }
      await run(options, session);
    });
}
