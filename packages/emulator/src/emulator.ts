/** Runs an attestation service of development with simulated platforms, for tests on one machine. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type DevelopmentClient, development } from '@atesto/development';
import { startService } from '@atesto/service';
import { AccessTokens } from './access-tokens.ts';
import { simulatedEndorsements } from './endorsements.ts';
import { type EvidenceRequest, makeEvidence, type SimulatedEvidence } from './evidence.ts';
import { openSimulatedPlatforms } from './platform-directory.ts';
import { createSimulatedPlatforms, type SimulatedPlatforms } from './platforms.ts';
import { startSimulatorServer } from './simulator-server.ts';
import { writeTrust } from './trust.ts';

/** How an emulator runs. */
export interface EmulatorOptions {
  /** Where keys, tokens' key rings, policies and platforms are kept for the next start. Default: a temporary directory, removed at the end. */
  readonly data?: string;
  /** The loopback port of the service (HTTPS). Default: 0, a free one. */
  readonly port?: number;
  /** The loopback port of the OpenID provider (HTTPS). Default: 0, a free one. */
  readonly identityPort?: number;
  /** The loopback port of the simulator and of the managed identity endpoint (HTTP). Default: 0, a free one. */
  readonly simulatorPort?: number;
  /** Whether every attest call needs an access token. Default: false, as on Azure. */
  readonly requireAccessToken?: boolean;
  /** Where the service's log lines (JSON) go. Default: nowhere. */
  readonly log?: { readonly write: (line: string) => void };
}

/** A running emulator. */
export interface Emulator {
  /** The URI of the attestation provider, such as `https://127.0.0.1:8443`. */
  readonly url: string;
  /** The URI of the simulator and of the managed identity endpoint, such as `http://127.0.0.1:8445`. */
  readonly simulatorUrl: string;
  /** PEM of the CA that clients must trust. */
  readonly ca: string;
  /** Its path. */
  readonly caFile: string;
  /** What a client needs to get an access token. */
  readonly identity: DevelopmentClient;
  /**
   * The variables of clients on this machine: the service's for `atesto`, the CA for Node, Python, Go and curl, and the managed identity
   * endpoint for Azure's SDKs.
   */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes evidence of a simulated platform. */
  evidence(request: EvidenceRequest): Promise<SimulatedEvidence>;
  /** Stops everything, and removes what it made unless `data` was given. */
  close(): Promise<void>;
}

/**
 * Starts an emulator on loopback. Throws the error of the socket when a port is taken.
 *
 * @example
 * const emulator = await startEmulator();
 * const { attest } = await emulator.evidence({ type: 'SgxEnclave' });
 * // POST attest.body to emulator.url + attest.path, trusting emulator.ca
 * await emulator.close();
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { data } = options;
  const directory = data === undefined ? mkdtempSync(join(tmpdir(), 'atesto-emulator-')) : resolve(data);
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  // A process that ends without closing the emulator leaves nothing behind either.
  if (data === undefined) process.once('exit', remove);
  const stops: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
    if (data !== undefined) return;
    process.removeListener('exit', remove);
    remove();
  };
  try {
    return { ...(await start(directory, options, stops)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  directory: string,
  options: EmulatorOptions,
  stops: (() => Promise<void>)[],
): Promise<Omit<Emulator, 'close'>> {
  const stateDirectory = join(directory, 'state');
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  const platforms =
    options.data === undefined
      ? await createSimulatedPlatforms()
      : await openSimulatedPlatforms(join(directory, 'simulator'));
  const service = await startService(
    {
      environment: 'development',
      stateDirectory,
      listen: { port: options.port ?? 0 },
      identity: { requireAccessToken: options.requireAccessToken ?? false },
      developmentIdentity: { enabled: true, port: options.identityPort ?? 0 },
      provider: { trustAnchors: platforms.trustAnchors, referenceValues: referenceValuesOf(platforms) },
    },
    { development, log: options.log ?? { write: () => {} }, ...simulatedEndorsements(platforms) },
  );
  stops.push(() => service.close());
  const { url, caFile, developmentIdentity: identity } = service;
  if (caFile === undefined || identity === undefined) throw new Error('the service is not one of development');
  const accessTokens = new AccessTokens(service);
  stops.push(() => accessTokens.close());
  const simulator = await startSimulatorServer(options.simulatorPort ?? 0, platforms, accessTokens);
  stops.push(() => simulator.close());
  const ca = readFileSync(caFile, 'utf8');
  const trust = writeTrust(directory, ca);
  return {
    url,
    simulatorUrl: simulator.url,
    ca,
    caFile,
    identity,
    environment: {
      ATESTO_ENDPOINT: url,
      ATESTO_CA: caFile,
      ATESTO_ISSUER: identity.issuer,
      ATESTO_CLIENT_FILE: join(stateDirectory, 'development', 'client.json'),
      AZURE_POD_IDENTITY_AUTHORITY_HOST: simulator.url,
      NODE_EXTRA_CA_CERTS: trust.extra,
      SSL_CERT_FILE: trust.all,
      REQUESTS_CA_BUNDLE: trust.all,
      CURL_CA_BUNDLE: trust.all,
    },
    evidence: (request) => makeEvidence(platforms, request),
  };
}

/** The simulated virtual machines are what the operator of the emulator knows. */
function referenceValuesOf({ amd }: SimulatedPlatforms) {
  const measurement = Buffer.from(amd.report().subarray(measurementOffset, measurementOffset + 48)).toString('hex');
  return { sevsnp: [{ complianceStatus: 'azure-compliant-cvm' as const, measurements: [measurement] }] };
}

/** MEASUREMENT of the report: AMD 56860, table ATTESTATION_REPORT. */
const measurementOffset = 144;
