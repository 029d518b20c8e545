/** A running service with a simulated platform's evidence: what every client is given, whatever its language. */

import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { development } from '@atesto/development';
import { createBundleSource } from '@atesto/endorsements';
import { startService } from '@atesto/service';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { collateralToJson, createSimulatedPlatform, reportDataOf } from '@atesto/testing/sgx';
import { prepareService, type Tokens } from './prepared.ts';
import { makeSigners, type Signer } from './signers.ts';

/** What a client is given; bytes are base64. */
export interface Scenario {
  readonly endpoint: string;
  readonly authorityHost: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly mrEnclave: string;
  readonly runtimeData: string;
  /** UTF-8 JSON. */
  readonly runtimeJson: string;
  readonly draftPolicy: string;
  /** A CA certificate for policy signers: base64 of DER. */
  readonly signerCertificate: string;
  readonly signers: Readonly<Record<'rsa' | 'ec' | 'otherRsa' | 'otherEc', Signer>>;
  /** The trust domain's MRTD and the SEV-SNP guest's launch measurement: hex, 96 characters. */
  readonly virtualMachines: { readonly mrTd: string; readonly launchMeasurement: string };
  readonly tokens: Tokens;
  /** The path of {@link RunningScenario.caFile}, for clients that take it as an option. */
  readonly caFile: string;
  readonly evidence: Readonly<
    Record<'sgxBinary' | 'sgxJson' | 'openEnclaveBinary' | 'openEnclaveJson' | 'tdxJson' | 'snpJson', string>
  >;
}

/** The scenario in a file, and how to end it. */
export interface RunningScenario {
  readonly file: string;
  /** The CA that the clients are made to trust. */
  readonly caFile: string;
  close(): Promise<void>;
}

const mrEnclave = 'c0ffee'.padEnd(64, '0');
const virtualMachines = { mrTd: 'c0ffee'.padEnd(96, '1'), launchMeasurement: 'c0ffee'.padEnd(96, '2') };
const draftPolicy = 'version= 1.0;authorizationrules{=> permit();};';

/** A port that nobody listens on: the service has to know its address before it listens, since that is an audience of Terraform's. */
function freePort(): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const server = createServer().listen(0, '127.0.0.1', () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return promise;
}

/** Starts service and OpenID provider; every attest call needs an access token. */
export async function startScenario(): Promise<RunningScenario> {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-interop-'));
  const platform = await createSimulatedPlatform({ at: new Date() });
  const bundle = join(directory, 'collateral');
  mkdirSync(bundle);
  for (const tee of ['sgx', 'tdx'] as const) {
    writeFileSync(join(bundle, `${tee}.json`), JSON.stringify(collateralToJson(await platform.collateral({ tee }))));
  }
  const amd = await createSimulatedSnpPlatform({ at: new Date(), keys: await generateAmdKeys(2048) });
  const amdEndorsements = await amd.endorsements();
  const service = await startService(
    {
      environment: 'development',
      stateDirectory: join(directory, 'state'),
      listen: { port: await freePort() },
      log: { level: 'silent' },
      developmentIdentity: { enabled: true, port: 0 },
      identity: { requireAccessToken: true },
      provider: { trustAnchors: [platform.rootFingerprint, amd.rootFingerprint] },
    },
    {
      development,
      intelEndorsements: createBundleSource({ path: bundle }),
      amdEndorsements: { get: async () => ({ ok: true, value: { collateral: amdEndorsements } }) },
    },
  );
  const { developmentIdentity: identity, caFile } = service;
  if (identity === undefined || caFile === undefined) throw new Error('the service is not one of development');
  const runtimeData = Buffer.from('the public key of an enclave');
  const runtimeJson = Buffer.from(JSON.stringify({ keys: [{ kty: 'oct', k: 'AAECAw' }], large: 1.5, note: 'grün' }));
  const binary = { body: { mrEnclave, reportData: reportDataOf(runtimeData) } };
  const json = { body: { mrEnclave, reportData: reportDataOf(runtimeJson) } };
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const signers = await makeSigners();
  const scenario: Scenario = {
    endpoint: service.url,
    authorityHost: identity.authorityHost,
    tenant: identity.tenant,
    clientId: identity.clientId,
    clientSecret: identity.clientSecret,
    mrEnclave,
    runtimeData: base64(runtimeData),
    runtimeJson: base64(runtimeJson),
    draftPolicy,
    signerCertificate: base64(new X509Certificate(platform.certificates.root).raw),
    signers,
    caFile,
    tokens: await prepareService(service, {
      ca: readFileSync(caFile, 'utf8'),
      quote: platform.quote({ body: { mrEnclave } }),
      draftPolicy,
      signers,
    }),
    virtualMachines,
    evidence: {
      sgxBinary: base64(platform.quote(binary)),
      sgxJson: base64(platform.quote(json)),
      openEnclaveBinary: base64(platform.openEnclaveReport(binary)),
      openEnclaveJson: base64(platform.openEnclaveReport(json)),
      tdxJson: base64(
        platform.tdxQuote({ body: { mrTd: virtualMachines.mrTd, reportData: reportDataOf(runtimeJson) } }),
      ),
      snpJson: base64(
        amd.report({
          fields: { measurement: virtualMachines.launchMeasurement, reportData: reportDataOf(runtimeJson) },
        }),
      ),
    },
  };
  const file = join(directory, 'scenario.json');
  writeFileSync(file, JSON.stringify(scenario), { mode: 0o600 });
  const close = async (): Promise<void> => {
    await service.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { file, caFile, close };
}
