/**
 * The attester's side: evidence, access tokens, attestation tokens. The administrator's side is in `@atesto/client/admin`, report data alone
 * in `@atesto/client/report-data`.
 *
 * @module client
 */
export { type ConfigurationCode, ConfigurationError } from '@atesto/core';
export {
  type AttestationClient,
  type AttestationClientOptions,
  type AttestationResult,
  createAttestationClient,
  type KeySet,
  type ReadOptions,
  type ServiceMetadata,
} from './attest/client.ts';
export { type AttestedData, type PublicJwk, type RuntimeData, reportDataFor } from './attest/data.ts';
export type { AttestOptions } from './attest/request.ts';
export { type ClientCode, type ClientConfigurationCode, clientCodes } from './codes.ts';
export { ClientError, type ServiceRefusal, ServiceRefusedError } from './error.ts';
export { type ConfigfsTsmOptions, evidenceFromConfigfsTsm, type TsmFiles } from './evidence/configfs-tsm.ts';
export { evidenceFromFile } from './evidence/file.ts';
export { evidenceFromGramine } from './evidence/gramine.ts';
export { type SnpDocumentParts, writeSnpDocument } from './evidence/snp-document.ts';
export { type CollectedEvidence, type EvidenceSource, type EvidenceType, evidenceOf } from './evidence/source.ts';
export type { JsonMembers } from './http/json.ts';
export type { Pause } from './http/send.ts';
export {
  type ClientCredentials,
  type ClientCredentialsOptions,
  createClientCredentials,
} from './identity/client-credentials.ts';
export { type AccessToken, fixedAccessToken, type TokenCredential } from './identity/credential.ts';
export type { ClientAuthentication } from './identity/discovery.ts';
