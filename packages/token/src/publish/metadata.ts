/** Builds the answer of `/.well-known/openid-configuration` (OpenID Connect Discovery 1.0, section 3, with Azure Attestation's members). */

import { settle } from '@atesto/core';
import { certsUri, checkIssuer } from '../issuer.ts';
import type { SigningAlgorithm } from '../keys/algorithm.ts';
import type { TokenOutcome } from '../refusal.ts';

/** The provider that the metadata describe. */
export interface OpenIdMetadataRequest {
  /** Provider URI without trailing slash. */
  readonly issuer: string;
  /** Algorithms of the published keys. */
  readonly algorithms: readonly SigningAlgorithm[];
  /** Claims that tokens can carry. Default: {@link supportedClaims}. */
  readonly claims?: readonly string[];
}

/**
 * The metadata document. Every array is present, because Java's client fails on an absent one. The endpoints, of which Azure Attestation
 * has only `revocation_endpoint`, and the subject types are there for libraries that do not read metadata without (Nimbus, Spring, authlib,
 * openidconnect).
 */
export interface OpenIdMetadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly revocation_endpoint: string;
  readonly subject_types_supported: readonly string[];
  readonly response_types_supported: readonly string[];
  readonly id_token_signing_alg_values_supported: readonly string[];
  readonly claims_supported: readonly string[];
}

/** The claims of attestation tokens of all attestation types. */
export const supportedClaims: readonly string[] = [
  ...['exp', 'iat', 'iss', 'jti', 'nbf', 'nonce'],
  ...['x-ms-ver', 'x-ms-attestation-type', 'x-ms-policy-hash', 'x-ms-policy-signer', 'x-ms-runtime', 'x-ms-inittime'],
  ...['is-debuggable', 'sgx-mrsigner', 'sgx-mrenclave', 'product-id', 'svn', 'tee', 'maa-ehd', 'aas-ehd'],
  ...['maa-attestationcollateral', 'x-ms-sgx-is-debuggable', 'x-ms-sgx-mrsigner', 'x-ms-sgx-mrenclave'],
  ...['x-ms-sgx-product-id', 'x-ms-sgx-svn', 'x-ms-sgx-ehd', 'x-ms-sgx-report-data', 'x-ms-sgx-collateral'],
];

/** Builds the document. Refuses an unusable issuer. */
export function openIdMetadata(request: OpenIdMetadataRequest): TokenOutcome<OpenIdMetadata> {
  return settle(() => {
    const { issuer, algorithms, claims = supportedClaims } = request;
    checkIssuer(issuer);
    return {
      issuer,
      jwks_uri: certsUri(issuer),
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      revocation_endpoint: `${issuer}/revoke`,
      subject_types_supported: ['public'],
      response_types_supported: ['token', 'none'],
      id_token_signing_alg_values_supported: [...new Set(algorithms)],
      claims_supported: claims,
    };
  });
}
