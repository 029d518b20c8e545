/**
 * Tokens for the tests of relying parties. What makes evidence and endorsements is under `@atesto/testing/sgx`, `/tdx`, `/sevsnp`,
 * `/azure` and `/tpm`; servers like the vendors' under `/servers`.
 *
 * @module testing
 */
export { type AttestedData, type ClaimValue, ConfigurationError } from '@atesto/core';
export type {
  TestEnclave,
  TestEnvironment,
  TestGuest,
  TestRuntimeKey,
  TestTokenContents,
  TestTrustDomain,
} from './attestation/contents.ts';
export { evidenceFromPlatform, type TestEvidence, type TestEvidenceSource } from './attestation/evidence.ts';
export {
  createTestAttestation,
  type TestAttestation,
  type TestAttestationOptions,
  type TestKeySet,
  type TestVerifierOptions,
} from './attestation/test-attestation.ts';
