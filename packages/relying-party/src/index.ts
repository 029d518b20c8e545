/**
 * Verifies attestation tokens, in Node and in the browser.
 *
 * @module relying-party
 */
export { type RelyingPartyCode, relyingPartyCodes } from './codes.ts';
export type {
  AzureVmExpectations,
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
export type { MiddlewareOptions } from './middleware/answer.ts';
export { withAttestation } from './middleware/fetch.ts';
export { attestationOf, type NodeRequest, type NodeResponse, requireAttestation } from './middleware/node.ts';
export type { VerifierOptions } from './options.ts';
export { ConfigurationError, type Outcome, type Refusal } from './refusal.ts';
export type { Claims, ClaimValue } from './token/claims.ts';
export { inspectToken, type UntrustedToken } from './token/parse.ts';
export { createVerifier, type VerifiedToken, type Verifier } from './verifier.ts';
