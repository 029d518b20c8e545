/** The quotes that are verified: real ones where the evidence beside the project is present, else simulated ones. */
import { type IntelCollateral, intelRoots, type TrustAnchor } from '@atesto/evidence/advanced';
import { createSimulatedPlatform } from '@atesto/testing/sgx';
import { readVector, readVectorCollateral, readVectorJson, vectorsMissing } from '@atesto/vectors';

/** One quote with everything that its appraisal needs. */
export interface Workload {
  readonly name: string;
  readonly evidence: Uint8Array;
  readonly collateral: IntelCollateral;
  readonly at: Date;
  readonly trustAnchors: readonly TrustAnchor[];
  /** Root to trust, PEM, when it is not Intel's. */
  readonly rootPem: string | undefined;
}

/** Which technology's quotes. */
export type Technology = 'sgx' | 'tdx';

/** Real quotes whose collateral is all current at their time. */
const realCases = {
  sgx: { folder: 'v3-processor-ca-config-and-sw-hardening', version: 3, at: '2025-06-20T00:00:00Z' },
  tdx: { folder: 'v5-td15-up-to-date', version: 5, at: undefined },
} as const;

function realWorkload(technology: Technology): Workload {
  const { folder, version, at } = realCases[technology];
  const time = at ?? String(readVectorJson(technology, folder, 'expected.json').verificationTime);
  return {
    name: `real quote, version ${version}`,
    evidence: readVector(technology, folder, 'quote.bin'),
    collateral: readVectorCollateral(technology, folder),
    at: new Date(time),
    trustAnchors: intelRoots,
    rootPem: undefined,
  };
}

/** A simulated quote that is good at a time. */
export async function simulatedWorkload(
  technology: Technology,
  at = new Date('2026-03-01T12:00:00Z'),
): Promise<Workload> {
  const platform = await createSimulatedPlatform({ at });
  return {
    name: 'simulated quote',
    evidence: technology === 'sgx' ? platform.quote() : platform.tdxQuote({ version: 5 }),
    collateral: await platform.collateral({ tee: technology }),
    at,
    trustAnchors: [{ name: 'simulated root', spkiSha256: platform.rootFingerprint, development: true }],
    rootPem: platform.certificates.root,
  };
}

/** The workload of a run. */
export async function findWorkload(technology: Technology): Promise<Workload> {
  const isMissing = vectorsMissing(technology, realCases[technology].folder) !== false;
  return isMissing ? await simulatedWorkload(technology) : realWorkload(technology);
}
