/** Steps 1 to 3: the attester collects evidence, gets an access token, and sends both. */
import {
  type AttestationClient,
  type ClientCredentials,
  type CollectedEvidence,
  createAttestationClient,
  createClientCredentials,
  reportDataFor,
} from '@atesto/client';
import { type ParsedSgxEvidence, parseSgxEvidence } from '@atesto/evidence';
import { inspectToken } from '@atesto/relying-party';
import { CliFailure } from '../failure.ts';
import { exitCodes } from '../session.ts';
import type { Cast } from './cast.ts';
import type { Narrator } from './narrator.ts';
import type { Stage } from './stage.ts';

/** An attester that knows its service and its OpenID provider. */
export interface Attester {
  readonly credentials: ClientCredentials;
  readonly client: AttestationClient;
  /** The same service, called without an access token. */
  readonly anonymous: AttestationClient;
  close(): Promise<void>;
}

/** Sets up the attester's side for a stage. */
export function attesterOn({ service, ca }: Stage): Attester {
  const identity = service.developmentIdentity;
  if (identity === undefined) throw new Error('the demonstration has no OpenID provider');
  const { issuer, clientId, clientSecret, scope } = identity;
  const credentials = createClientCredentials({ issuer, clientId, clientSecret, scope, ca });
  const client = createAttestationClient({ endpoint: service.url, credential: credentials, ca });
  const anonymous = createAttestationClient({ endpoint: service.url, ca });
  const close = async (): Promise<void> => {
    for (const part of [credentials, client, anonymous]) await part.close();
  };
  return { credentials, client, anonymous, close };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Step 1. */
export async function collect(
  cast: Cast,
  tell: Narrator,
): Promise<{ evidence: CollectedEvidence; parsed: ParsedSgxEvidence }> {
  tell.step(1, 'The client collects evidence');
  const evidence = await cast.source.collect(reportDataFor(cast.runtimeData));
  const parsed = parseSgxEvidence(evidence.bytes);
  if (!parsed.ok) {
    const { code, where, why } = parsed.refusal;
    throw new CliFailure(exitCodes.refused, `the evidence cannot be read: ${where}: ${why} [${code}]`);
  }
  const { quote, body } = parsed.value;
  tell.say(
    cast.developmentRoot === undefined
      ? 'The quoting enclave of a real Intel platform signed what an enclave is and the data that it wants to bind to itself.'
      : 'A simulated Intel platform, under a throw-away root of its own, signs what an enclave is and the data that it wants to bind to itself.',
  );
  tell.facts([
    [
      'evidence',
      `${evidence.kind === 'sgx-quote' ? 'SGX quote' : 'OpenEnclave container with an SGX quote'}, version ${quote.version}, ${evidence.bytes.length} bytes`,
    ],
    ['MRENCLAVE', hex(body.mrEnclave)],
    ['MRSIGNER', hex(body.mrSigner)],
    ['runtime data', cast.runtimeDataMeaning],
    ['report data', hex(body.reportData)],
  ]);
  return { evidence, parsed: parsed.value };
}

/** Step 2. */
export async function authorize({ service }: Stage, { credentials }: Attester, tell: Narrator): Promise<void> {
  tell.step(2, 'It knows the attestation provider, and gets an access token from an OpenID provider');
  const identity = service.developmentIdentity;
  const token = inspectToken(await credentials.accessToken());
  const claims = token.ok ? token.value.claims : {};
  tell.facts([
    ['attestation provider', service.url],
    ['OpenID issuer', identity?.issuer],
    ['sent', `client credentials of ${identity?.clientId}, for scope ${identity?.scope}`],
    ['received', `access token for ${String(claims.aud)}, until ${new Date(Number(claims.exp) * 1000).toISOString()}`],
  ]);
}

/** Step 3. */
export function send({ service }: Stage, cast: Cast, evidence: CollectedEvidence, nonce: string, tell: Narrator): void {
  tell.step(3, 'It sends the evidence with the access token');
  const isQuote = evidence.kind === 'sgx-quote';
  const size = Math.ceil((evidence.bytes.length * 4) / 3);
  tell.facts([
    ['POST', `${service.url}/attest/${isQuote ? 'SgxEnclave' : 'OpenEnclave'}?api-version=2025-06-01`],
    ['Authorization', 'Bearer <the access token>'],
    [isQuote ? 'quote' : 'report', `${size} characters of base64url`],
    ['runtimeData', cast.runtimeData && ('json' in cast.runtimeData ? 'dataType JSON' : 'dataType Binary')],
    ['nonce', `${nonce}, which the relying party chose`],
  ]);
}
