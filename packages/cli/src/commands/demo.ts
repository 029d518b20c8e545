/** `atesto demo`: the whole workflow in five steps, with a real service, a real OpenID provider and real or simulated evidence. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createAttestationClient,
  createClientCredentials,
  createTrustingFetch,
  ServiceRefusedError,
} from '@atesto/client';
import { createVerifier, inspectToken } from '@atesto/relying-party';
import { type RunningService, startService } from '@atesto/service';
import { Command } from 'commander';
import { type DemoEvidence, type DemoOptions, demoEvidence } from '../demo/evidence.ts';
import { conclude, holds, show, step, tell } from '../demo/narrator.ts';
import { exitCodes } from '../failure.ts';

function start(directory: string, { bundle, trustAnchors, at }: DemoEvidence): Promise<RunningService> {
  const settings = {
    environment: 'development' as const,
    stateDirectory: join(directory, 'state'),
    listen: { port: 0 },
    developmentIdentity: { enabled: true, port: 0 },
    identity: { requireAccessToken: true },
    endorsements: { intel: { bundle } },
    provider: { trustAnchors: [...trustAnchors] },
  };
  return startService(settings, { log: { write: () => {} }, ...(at === undefined ? {} : { clock: () => at }) });
}

async function attest(service: RunningService, ca: string, story: DemoEvidence): Promise<string> {
  const identity = service.developmentIdentity;
  if (identity === undefined) throw new Error('the development OpenID provider did not start');
  step(2, 'The client knows its attestation provider and gets an access token from the OpenID provider');
  tell('provider', service.url);
  tell('OpenID issuer', identity.issuer);
  const credential = createClientCredentials({ ...identity, ca });
  const accessToken = await credential.accessToken();
  holds(`an access token of ${accessToken.length} characters for scope ${identity.scope}`);
  step(3, 'The client sends the evidence with the access token');
  const client = createAttestationClient({ endpoint: service.url, credential, ca });
  const { evidence, runtimeData } = story;
  tell('request', `POST ${service.url}/attest/${evidence.kind === 'sgx-quote' ? 'SgxEnclave' : 'OpenEnclave'}`);
  tell(
    'body',
    `{ evidence: ${evidence.bytes.length} bytes${runtimeData === undefined ? '' : `, runtimeData: ${runtimeData.length} bytes`} }`,
  );
  try {
    const result = await client.attestEvidence(
      evidence,
      runtimeData === undefined ? {} : { runtimeData: { binary: runtimeData } },
    );
    tell('answer', `200, request ${result.requestId}`);
    return result.token;
  } finally {
    await client.close();
    await credential.close();
  }
}

function explainAppraisal(story: DemoEvidence): void {
  step(4, 'The service validated the evidence, evaluated the policy and issued a token');
  holds('access token: signature, issuer, audience, expiry');
  holds('PCK certificate chain up to the trusted root, validity, revocation lists');
  holds('quoting enclave: its report, its identity, the attestation key it vouches for');
  holds('quote: signature by the attestation key');
  if (story.runtimeData !== undefined) holds('runtime data: its hash stands in the report data');
  holds('TCB: level found, status accepted by the baseline');
  holds('policy: the documented default permits');
}

async function rely(service: RunningService, ca: string, token: string, story: DemoEvidence): Promise<boolean> {
  const untrusted = inspectToken(token);
  if (untrusted.ok) show({ header: untrusted.value.header, claims: untrusted.value.claims });
  step(5, 'The relying party fetches the public keys, verifies the token and decides');
  const { at } = story;
  const verifier = createVerifier({
    issuers: [service.url],
    expectations: {
      attestationType: 'sgx',
      mrSigner: 'any',
      mrEnclave: 'any',
      productId: 'any',
      minimumSvn: 'any',
      policyHash: 'any',
      nonce: 'any',
      runtimeData: story.runtimeData === undefined ? 'any' : { bytes: story.runtimeData },
      developmentRoot: story.trustAnchors.length > 0 ? 'any' : false,
    },
    fetch: createTrustingFetch(ca),
    ...(at === undefined ? {} : { clock: () => at }),
  });
  tell('keys', `GET ${service.url}/certs`);
  const outcome = await verifier.verify(token);
  if (!outcome.ok) {
    conclude(
      'refused',
      `the relying party refuses [${outcome.refusal.code}] ${outcome.refusal.where}: ${outcome.refusal.why}`,
    );
    return false;
  }
  holds('token: signature under a published key, issuer, times, type');
  holds('enclave: not debuggable');
  if (story.runtimeData !== undefined) holds('runtime data: the one that was expected');
  conclude('trusted', 'The relying party trusts the enclave.');
  return true;
}

async function tellStory(options: DemoOptions, directory: string): Promise<boolean> {
  const story = await demoEvidence(options, directory);
  step(1, 'The client collects evidence from an SGX enclave');
  tell('evidence', `${story.evidence.bytes.length} bytes from ${story.origin}`);
  if (story.runtimeData !== undefined)
    tell('runtime data', `${story.runtimeData.length} bytes, whose hash the evidence carries`);
  if (story.at !== undefined) tell('appraised at', story.at.toISOString());
  const service = await start(directory, story);
  try {
    const ca = service.caFile === undefined ? '' : readFileSync(service.caFile, 'utf8');
    const token = await attest(service, ca, story);
    explainAppraisal(story);
    return await rely(service, ca, token, story);
  } catch (error) {
    if (!(error instanceof ServiceRefusedError)) throw error;
    conclude('refused', `The service refuses: ${error.message}`);
    return false;
  } finally {
    await service.close();
  }
}

async function run(options: DemoOptions): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-demo-'));
  try {
    process.exitCode = (await tellStory(options, directory)) ? exitCodes.success : exitCodes.refused;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The command. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('Shows the whole workflow on this machine, with simulated or real evidence.')
    .option('--quote <file>', 'a real SGX quote, or OpenEnclave evidence')
    .option('--collateral <file>', "Intel's collateral for it")
    .option('--at <time>', 'the time at which to appraise it')
    .option('--runtime-data <file>', 'the runtime data that it commits to')
    .action(run);
}
