/** Who plays in the demonstration? An enclave with evidence, and what its vendor says of its platform: simulated, or real from files. */
import { generateKeyPairSync } from 'node:crypto';
import { resolve } from 'node:path';
import { type AttestedData, type EvidenceSource, evidenceFromFile, evidenceFromPlatform } from '@atesto/client';
import { parseIntelCollateralBundle } from '@atesto/endorsements';
import { collateralToJson, createSimulatedPlatform } from '@atesto/simulator';
import { misused } from '../failure.ts';
import { readBytes } from '../input/file.ts';

/** Real evidence. */
export interface RealEvidence {
  readonly quote: string;
  readonly collateral: string;
  readonly at: Date;
  readonly runtimeData: string | undefined;
}

/** The players. */
export interface Cast {
  readonly source: EvidenceSource;
  /** What the enclave commits to; undefined: nothing was given. */
  readonly runtimeData: AttestedData | undefined;
  /** What the runtime data is, in words. */
  readonly runtimeDataMeaning: string;
  /** Intel's verification collateral, JSON. */
  readonly collateral: Uint8Array;
  /** The file that holds it; undefined: it is in no file yet. */
  readonly collateralFile: string | undefined;
  /** SHA-256 of the public key of a simulated root, hex; undefined: Intel's own root vouches. */
  readonly developmentRoot: string | undefined;
  /** The time at which everything happens; undefined: now. */
  readonly at: Date | undefined;
}

/** A simulated enclave that has just made a key, and wants others to know that the key is its own. */
export async function simulatedCast(): Promise<Cast> {
  const platform = await createSimulatedPlatform({ at: new Date() });
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'enclave-key', use: 'enc' }];
  return {
    source: evidenceFromPlatform(platform),
    runtimeData: { json: JSON.stringify({ keys }) },
    runtimeDataMeaning: 'a public key that the enclave just made, as JSON Web Key',
    collateral: Buffer.from(JSON.stringify(collateralToJson(await platform.collateral()))),
    collateralFile: undefined,
    developmentRoot: platform.rootFingerprint,
    at: undefined,
  };
}

/** Real evidence from files. */
export async function realCast({ quote, collateral, at, runtimeData }: RealEvidence): Promise<Cast> {
  const data = runtimeData === undefined ? undefined : await readBytes(runtimeData, 'the runtime data');
  // The source reads it again when it collects; a file that is not there is said before the play begins.
  await readBytes(quote, 'the quote');
  const bundle = await readBytes(collateral, 'the collateral');
  const parsed = parseIntelCollateralBundle(bundle);
  if (!parsed.ok) misused(`the collateral ${collateral}: ${parsed.refusal.why} [${parsed.refusal.code}]`);
  return {
    source: evidenceFromFile(quote),
    runtimeData: data === undefined ? undefined : { binary: data },
    runtimeDataMeaning: data === undefined ? 'none given' : `${data.length} bytes from ${runtimeData}`,
    collateral: bundle,
    collateralFile: resolve(collateral),
    developmentRoot: undefined,
    at,
  };
}
