/**
 * Signing keys and their certificates, attestation tokens, JWKS and OpenID metadata.
 *
 * @module token
 */
export type { JsonObject, JsonValue } from '@atesto/core';
export { type TokenCode, tokenCodes } from './codes.ts';
export {
  type AttestationFacts,
  attestationClaims,
  attestationLifetimeSeconds,
  type ClaimedData,
  developmentRootClaim,
} from './issue/attestation-claims.ts';
export {
  type CertificateHeader,
  type IssueOptions,
  issueToken,
  issueTokenByHolder,
  issueTokenInPool,
  issueUnsecuredToken,
} from './issue/jws.ts';
export { type ManagementReply, managementClaims, managementLifetimeSeconds } from './issue/management-claims.ts';
export { isReserved as isReservedClaim } from './issue/reserved.ts';
export type { TokenFrame } from './issue/times.ts';
export { isSigningAlgorithm, type SigningAlgorithm, signingAlgorithms } from './keys/algorithm.ts';
export type { CertificateExtension } from './keys/certificate.ts';
export { certifyHeldKey, generateSigningKey, importSigningKey, type SigningKeyRequest } from './keys/generate.ts';
export {
  type HeldSigningKey,
  heldSigningKeyOf,
  type PublicKeyMembers,
  type PublishedKey,
  type Sign,
  type SigningKey,
  type TokenSigningKey,
} from './keys/signing-key.ts';
export { type JsonWebKeyEntry, type JsonWebKeySet, jwks } from './publish/jwks.ts';
export {
  type OpenIdMetadata,
  type OpenIdMetadataRequest,
  openIdMetadata,
  supportedClaims,
} from './publish/metadata.ts';
export type { TokenOutcome, TokenRefusal } from './refusal.ts';
export {
  addKey,
  currentKey,
  dropRetired,
  type KeyRing,
  nextRotation,
  publishedKeys,
  type RingEntry,
  rotationDue,
  withdrawKey,
} from './ring/ring.ts';
export { checkSchedule, defaultSchedule, keyValidity, type RotationSchedule } from './ring/schedule.ts';
export type { SealedSigningKey } from './sealed/format.ts';
export { openSigningKey, type SealOptions, sealSigningKey } from './sealed/seal.ts';
export type { SealingSecret } from './sealed/secret.ts';
