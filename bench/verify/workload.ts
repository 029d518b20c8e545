/** The quote that is verified: a real one where the evidence beside the project is present, else a simulated one. */
import { type IntelCollateral, intelRoots, type TrustAnchor } from '@atesto/evidence';
import { createSimulatedPlatform } from '@atesto/simulator';
import { readVector, readVectorCollateral, vectorsMissing } from '@atesto/vectors';

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

const realCase = ['sgx', 'v3-processor-ca-config-and-sw-hardening'] as const;

/** The real quote whose collateral is all current at its time. */
function realWorkload(): Workload {
  return {
    name: 'real quote, version 3',
    evidence: readVector(...realCase, 'quote.bin'),
    collateral: readVectorCollateral(...realCase),
    at: new Date('2025-06-20T00:00:00Z'),
    trustAnchors: intelRoots,
    rootPem: undefined,
  };
}

async function simulatedWorkload(): Promise<Workload> {
  const at = new Date('2026-03-01T12:00:00Z');
  const platform = await createSimulatedPlatform({ at });
  return {
    name: 'simulated quote, version 3',
    evidence: platform.quote(),
    collateral: await platform.collateral(),
    at,
    trustAnchors: [{ name: 'simulated root', spkiSha256: platform.rootFingerprint, development: true }],
    rootPem: platform.certificates.root,
  };
}

/** The workload of a run. */
export async function findWorkload(): Promise<Workload> {
  return vectorsMissing(...realCase) === false ? realWorkload() : simulatedWorkload();
}
