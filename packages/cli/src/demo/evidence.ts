/** The evidence of the demonstration: of a simulated platform, or real evidence from files. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CollectedEvidence, evidenceFromPlatform, evidenceOf, reportDataFor } from '@atesto/client';
import { collateralToJson, createSimulatedPlatform } from '@atesto/simulator';
import { UsageError } from '../failure.ts';
import { parseTime, readInput } from '../input.ts';

/** Options that name real evidence; all of `quote`, `collateral` and `at`, or none. */
export interface DemoOptions {
  readonly quote?: string;
  readonly collateral?: string;
  readonly at?: string;
  readonly runtimeData?: string;
}

/** What the story is told with. */
export interface DemoEvidence {
  readonly origin: string;
  readonly evidence: CollectedEvidence;
  readonly runtimeData: Uint8Array | undefined;
  /** A collateral file. */
  readonly bundle: string;
  /** Development roots to trust: SHA-256 of their public key, hex. */
  readonly trustAnchors: readonly string[];
  /** The moment of the story; the present when undefined. */
  readonly at: Date | undefined;
}

async function simulated(directory: string): Promise<DemoEvidence> {
  const at = new Date();
  const platform = await createSimulatedPlatform({ at });
  const bundle = join(directory, 'collateral.json');
  writeFileSync(bundle, JSON.stringify(collateralToJson(await platform.collateral())));
  const runtimeData = Buffer.from(JSON.stringify({ purpose: 'a key that only this enclave holds' }));
  const evidence = await evidenceFromPlatform(platform).collect(reportDataFor({ binary: runtimeData }));
  return {
    origin: 'a simulated SGX platform (a throw-away PKI in place of Intel’s)',
    evidence,
    runtimeData,
    bundle,
    trustAnchors: [platform.rootFingerprint],
    at: undefined,
  };
}

/** Collects the evidence. */
export async function demoEvidence(options: DemoOptions, directory: string): Promise<DemoEvidence> {
  const { quote, collateral, at, runtimeData } = options;
  if (quote === undefined && collateral === undefined && at === undefined) return simulated(directory);
  if (quote === undefined || collateral === undefined || at === undefined) {
    throw new UsageError('real evidence needs all of --quote, --collateral and --at');
  }
  readInput(collateral);
  return {
    origin: quote,
    evidence: evidenceOf(readInput(quote), quote),
    runtimeData: runtimeData === undefined ? undefined : readInput(runtimeData),
    bundle: collateral,
    trustAnchors: [],
    at: parseTime(at),
  };
}
