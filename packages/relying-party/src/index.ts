/**
 * Verifies attestation tokens, in Node and in the browser. Middleware is in `@atesto/relying-party/node` (Express, Connect, `node:http`),
 * `/fastify`, `/hono` and `/fetch`.
 *
 * @module relying-party
 */
export { type ConfigurationCode, ConfigurationError, unwrap } from '@atesto/core';
export type { TokenAttestationType } from './attestation-type.ts';
export {
  type RefusalGroup,
  type RelyingPartyCode,
  type RelyingPartyConfigurationCode,
  refusalGroup,
  relyingPartyCodes,
} from './codes.ts';
export type {
  AzureGuestExpectations,
  CommonExpectations,
  Expectations,
  NonceExpectation,
  OneOf,
  OtherExpectations,
  PublicJwk,
  RuntimeDataExpectation,
  SevSnpExpectations,
  SgxExpectations,
  TdxExpectations,
  TokenExpectations,
} from './expectations/expectations.ts';
export { type AcceptedAlgorithm, acceptedAlgorithms } from './keys/algorithms.ts';
export type { Fetch } from './keys/fetch-keys.ts';
export type { JsonWebKeySet } from './keys/key-set.ts';
export type { VerifierOptions } from './options.ts';
export type { Outcome, Refusal } from './refusal.ts';
export type { Claims, ClaimValue } from './token/claims.ts';
export { inspectToken, type UntrustedToken } from './token/parse.ts';
export type { RuntimeData, RuntimeKey } from './token/runtime-data.ts';
export { createVerifier, type VerifiedToken, type Verifier } from './verifier.ts';
