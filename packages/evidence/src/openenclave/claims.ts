/** The custom claims that follow the quote in OpenEnclave evidence. */
import { createHash } from 'node:crypto';
import { refuse } from '../bytes/refusal.ts';
import type { OpenEnclaveCode } from './codes.ts';

/** What the container was, and the claims it carried. */
export interface OpenEnclaveClaims {
  /** `report`: of oe_get_report; `evidence`: of oe_get_evidence. */
  readonly container: 'report' | 'evidence';
  /** The claims buffer as the enclave gave it; empty when there is none. */
  readonly customClaims: Uint8Array;
}

/** Checks that report data commits to the custom claims: SHA-256, then zeros. Empty claims commit to nothing. */
export function checkCustomClaims(customClaims: Uint8Array, reportData: Uint8Array): void {
  if (customClaims.length === 0) return;
  const digest = createHash('sha256').update(customClaims).digest();
  const code: OpenEnclaveCode = 'oe-claims-binding';
  if (Buffer.compare(digest, reportData.subarray(0, 32)) !== 0 || reportData.subarray(32).some((byte) => byte !== 0)) {
    refuse(code, 'report data', 'the report data is not the hash of the custom claims, then zeros');
  }
}
