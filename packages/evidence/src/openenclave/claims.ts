/** Reads the custom claims that follow the quote in OpenEnclave evidence. */

import { commitsTo } from '../commitment.ts';
import { refuse } from '../outcome.ts';
import type { OpenEnclaveCode } from './codes.ts';

/** What the container was, and the claims it carried. */
export interface OpenEnclaveClaims {
  /** `report`: of oe_get_report; `evidence`: of oe_get_evidence. */
  readonly container: 'report' | 'evidence';
  /** The claims buffer as the enclave gave it; empty when there is none. */
  readonly customClaims: Uint8Array;
}

/**
 * Checks that the report data of evidence commits to the custom claims: SHA-256, then zeros. Evidence without claims
 * commits to the empty string, so that claims cannot be taken away. A report has none: its report data is the enclave's own.
 */
export function checkCustomClaims({ container, customClaims }: OpenEnclaveClaims, reportData: Uint8Array): void {
  if (container === 'report') return;
  const code: OpenEnclaveCode = 'oe-claims-binding';
  if (!commitsTo(reportData, customClaims) || reportData.subarray(32).some((byte) => byte !== 0)) {
    refuse(code, 'report data', 'the report data is not the hash of the custom claims, then zeros');
  }
}
