/** Prepares the evidence and the vendor's collateral that the demonstration uses: simulated, or real from files. */

import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';
import { type AttestedData, type EvidenceSource, evidenceFromFile } from '@atesto/client';
import { parseIntelCollateral } from '@atesto/evidence/advanced';
import { loadEmulator } from '../emulator/load.ts';
import { misused } from '../failure.ts';
import { readBytes } from '../input/file.ts';

/** Real evidence. */
export interface RealEvidence {
  readonly quote: string;
  readonly collateral: string;
  readonly at: Date;
  readonly runtimeData: string | undefined;
}

/** What the demonstration shows. */
export interface Scenario {
  readonly source: EvidenceSource;
  /** What the report data of the enclave commits to; undefined when none was given. */
  readonly runtimeData: AttestedData | undefined;
  /** For readers of the output. */
  readonly runtimeDataDescription: string;
  /** Intel's verification collateral, JSON. */
  readonly collateral: Uint8Array;
  /** The path of its file; undefined when it is only in memory. */
  readonly collateralFile: string | undefined;
  /** SHA-256 of the public key of a simulated root, hex; undefined for evidence under Intel's root. */
  readonly developmentRoot: string | undefined;
  /** The time of the service's clock; undefined for the current time. */
  readonly at: Date | undefined;
}

/** A simulated enclave that proves a key to be its own. */
export async function simulatedScenario(): Promise<Scenario> {
  const { collateralToJson, createSimulatedPlatforms, evidenceFromPlatform } = await loadEmulator('the demonstration');
  const { intel: platform } = await createSimulatedPlatforms();
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'enclave-key', use: 'enc' }];
  return {
    source: evidenceFromPlatform(platform),
    runtimeData: { json: JSON.stringify({ keys }) },
    runtimeDataDescription: 'a public key that the enclave just made, as JSON Web Key',
    collateral: Buffer.from(JSON.stringify(collateralToJson(await platform.collateral()))),
    collateralFile: undefined,
    developmentRoot: platform.rootFingerprint,
    at: undefined,
  };
}

/** Real evidence from files. */
export async function realScenario({ quote, collateral, at, runtimeData }: RealEvidence): Promise<Scenario> {
  const data = runtimeData === undefined ? undefined : await readBytes(runtimeData, 'the runtime data');
  // The source reads it again when it collects; a file that is not there is said before the runSteps begins.
  await readBytes(quote, 'the quote');
  const bundle = await readBytes(collateral, 'the collateral');
  const parsed = parseIntelCollateral(bundle);
  if (!parsed.ok) misused(`the collateral ${collateral}: ${parsed.refusal.why} [${parsed.refusal.code}]`);
  return {
    source: evidenceFromFile(quote),
    runtimeData: data === undefined ? undefined : { bytes: data },
    runtimeDataDescription: data === undefined ? 'none given' : `${data.length} bytes from ${runtimeData}`,
    collateral: bundle,
    collateralFile: resolve(collateral),
    developmentRoot: undefined,
    at,
  };
}
