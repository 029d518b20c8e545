/**
 * The attester's side (evidence, access tokens, attestation tokens) and the administrator's side.
 *
 * @module client
 */
export {
  type ChangeOptions,
  type PolicyChange,
  type PolicyInForce,
  ProviderAdministration,
  type SignerChange,
} from './administration/client.ts';
export {
  type AdministrationClient,
  type AdministrationOptions,
  createAdministrationClient,
} from './administration/open.ts';
export {
  type PolicySigner,
  policyJws,
  type RequestBinding,
  resetJws,
  signerChangeJws,
} from './administration/policy-jws.ts';
export {
  type PolicySignerDescription,
  type ProviderCreation,
  type ProviderDescription,
  type ProviderPlace,
  ProvidersClient,
} from './administration/providers.ts';
export {
  type AttestationClient,
  type AttestationClientOptions,
  type AttestationResult,
  createAttestationClient,
  type KeySet,
  type ReadOptions,
  type ServiceMetadata,
} from './attest/client.ts';
export { type AttestedData, reportDataFor } from './attest/data.ts';
export type { AttestOptions } from './attest/request.ts';
export { type ClientCode, clientCodes } from './codes.ts';
export { ClientError, type ServiceRefusal, ServiceRefusedError } from './error.ts';
export { type ConfigfsTsmOptions, evidenceFromConfigfsTsm, type TsmFiles } from './evidence/configfs-tsm.ts';
export { evidenceFromFile } from './evidence/file.ts';
export { evidenceFromGramine } from './evidence/gramine.ts';
export { evidenceFromPlatform, type QuotingPlatform } from './evidence/simulator.ts';
export { type SnpDocumentParts, writeSnpDocument } from './evidence/snp-document.ts';
export { type CollectedEvidence, type EvidenceKind, type EvidenceSource, evidenceOf } from './evidence/source.ts';
export type { JsonMembers } from './http/json.ts';
export type { Pause } from './http/send.ts';
export {
  type ClientCredentials,
  type ClientCredentialsOptions,
  createClientCredentials,
} from './identity/client-credentials.ts';
export { type Credential, fixedAccessToken } from './identity/credential.ts';
export type { ClientAuthentication } from './identity/discovery.ts';
