/** Steps 1 to 3: the attester collects evidence, gets an access token, and sends both. */
import {
  type AttestationClient,
  type ClientCredentials,
  type CollectedEvidence,
  createAttestationClient,
  createClientCredentials,
  reportDataFor,
} from '@atesto/client';
import { type ParsedSgxEvidence, parseSgxEvidence } from '@atesto/evidence/advanced';
import { inspectToken } from '@atesto/relying-party';
import { CliFailure } from '../failure.ts';
import { exitCodes } from '../session.ts';
import type { DemoEnvironment } from './demo-services.ts';
import type { Printer } from './printer.ts';
import type { Scenario } from './scenario.ts';

/** The attester's clients. */
export interface Attester {
  readonly credentials: ClientCredentials;
  readonly client: AttestationClient;
  /** Sends no access token. */
  readonly anonymous: AttestationClient;
  close(): Promise<void>;
}

/** Sets up the attester's side for a environment. */
export function createAttester({ service, ca }: DemoEnvironment): Attester {
  const identity = service.developmentIdentity;
  if (identity === undefined) throw new Error('the demonstration has no OpenID provider');
  const { issuer, clientId, clientSecret, scope } = identity;
  const credentials = createClientCredentials({ issuer, clientId, clientSecret, ca });
  const client = createAttestationClient({ endpoint: service.url, credential: credentials, scope, ca });
  const anonymous = createAttestationClient({ endpoint: service.url, ca });
  const close = async (): Promise<void> => {
    for (const part of [credentials, client, anonymous]) await part.close();
  };
  return { credentials, client, anonymous, close };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Step 1: collects the evidence and prints its main fields. */
export async function collect(
  scenario: Scenario,
  printer: Printer,
): Promise<{ evidence: CollectedEvidence; parsed: ParsedSgxEvidence }> {
  printer.step(1, 'The client collects evidence');
  const evidence = await scenario.source.collect(reportDataFor(scenario.runtimeData));
  const parsed = parseSgxEvidence(evidence.bytes);
  if (!parsed.ok) {
    const { code, where, why } = parsed.refusal;
    throw new CliFailure(exitCodes.refused, `the evidence cannot be read: ${where}: ${why} [${code}]`);
  }
  const { quote, body } = parsed.value;
  printer.say(
    scenario.developmentRoot === undefined
      ? 'The quoting enclave of a real Intel platform signed what an enclave is and the data that it wants to bind to itself.'
      : 'A simulated Intel platform, under a throwaway root of its own, signs what an enclave is and the data that it wants to bind to itself.',
  );
  printer.facts([
    [
      'evidence',
      `${evidence.attestationType === 'SgxEnclave' ? 'SGX quote' : 'OpenEnclave container with an SGX quote'}, version ${quote.version}, ${evidence.bytes.length} bytes`,
    ],
    ['MRENCLAVE', hex(body.mrEnclave)],
    ['MRSIGNER', hex(body.mrSigner)],
    ['runtime data', scenario.runtimeDataDescription],
    ['report data', hex(body.reportData)],
  ]);
  return { evidence, parsed: parsed.value };
}

/** Step 2: gets an access token. */
export async function authorize(
  { service }: DemoEnvironment,
  { credentials }: Attester,
  printer: Printer,
): Promise<void> {
  printer.step(2, 'It knows the attestation provider, and gets an access token from an OpenID provider');
  const identity = service.developmentIdentity;
  const token = inspectToken((await credentials.getToken(identity?.scope ?? '')).token);
  const claims = token.ok ? token.value.claims : {};
  printer.facts([
    ['attestation provider', service.url],
    ['OpenID issuer', identity?.issuer],
    ['sent', `client credentials of ${identity?.clientId}, for scope ${identity?.scope}`],
    ['received', `access token for ${String(claims.aud)}, until ${new Date(Number(claims.exp) * 1000).toISOString()}`],
  ]);
}

/** Step 3: prints the request that {@link Attester.client} sends. */
export function printRequest(
  { service }: DemoEnvironment,
  scenario: Scenario,
  evidence: CollectedEvidence,
  nonce: string,
  printer: Printer,
): void {
  printer.step(3, 'It sends the evidence with the access token');
  const isQuote = evidence.attestationType === 'SgxEnclave';
  const size = Math.ceil((evidence.bytes.length * 4) / 3);
  printer.facts([
    ['POST', `${service.url}/attest/${isQuote ? 'SgxEnclave' : 'OpenEnclave'}?api-version=2025-06-01`],
    ['Authorization', 'Bearer <the access token>'],
    [isQuote ? 'quote' : 'report', `${size} characters of base64url`],
    ['runtimeData', scenario.runtimeData && ('json' in scenario.runtimeData ? 'dataType JSON' : 'dataType Binary')],
    ['nonce', `${nonce}, which the relying party chose`],
  ]);
}
