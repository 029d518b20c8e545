/** The quote that is verified: a real one where the evidence beside the project is present. */
import { type IntelCollateral, intelRoots, type TrustAnchor } from '@atesto/evidence';
import { readVector, readVectorCollateral, vectorsMissing } from '@atesto/vectors';

/** One quote with everything that its appraisal needs. */
export interface Workload {
  readonly name: string;
  readonly evidence: Uint8Array;
  readonly collateral: IntelCollateral;
  readonly at: Date;
  readonly trustAnchors: readonly TrustAnchor[];
}

const realCase = ['sgx', 'v3-processor-ca-config-and-sw-hardening'] as const;

/** The real quote whose collateral is all current at its time. */
export function findWorkload(): Workload {
  const missing = vectorsMissing(...realCase);
  if (missing !== false) throw new Error(missing);
  return {
    name: 'real quote, version 3',
    evidence: readVector(...realCase, 'quote.bin'),
    collateral: readVectorCollateral(...realCase),
    at: new Date('2025-06-20T00:00:00Z'),
    trustAnchors: intelRoots,
  };
}
