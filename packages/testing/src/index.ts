/**
 * Evidence and endorsements under a throwaway vendor PKI, for development and tests.
 *
 * @module testing
 */
export type { EndorsementKeyFields, EndorsementKeyKind } from './amd/endorsement-key.ts';
export { type AmdCertificateOverrides, type AmdCertificates, type AmdKeys, generateAmdKeys } from './amd/pki.ts';
export {
  type AttestationInfoOptions,
  type AzureMachine,
  type HclReportOptions,
  SimulatedAzureGuest,
} from './azure/guest.ts';
export { claimsReportData, type HclHashName, type HclReportFields } from './azure/hcl-report.ts';
export type { Bytes } from './bytes/layout.ts';
export type { CertificationOptions } from './intel/certification-data.ts';
export { type CollateralJson, type CollateralOverrides, collateralToJson } from './intel/collateral.ts';
export type { TcbEvaluationDataNumbers } from './intel/evaluation-data-numbers.ts';
export type { PckFields } from './intel/pck-extension.ts';
export type { IntelCertificateOverrides, IntelCertificates, IntelKeys, PckCa } from './intel/pki.ts';
export {
  createSimulatedPlatform,
  type OpenEnclaveEvidenceOptions,
  type OpenEnclaveReportOptions,
  type PlatformOptions,
  SimulatedPlatform,
} from './intel/platform.ts';
export type { PlatformState } from './intel/platform-state.ts';
export type { QuoteHeaderFields, QuoteSigningOptions } from './intel/quote.ts';
export type { QuotedTee } from './intel/quoting-enclave.ts';
export { exportSimulatedPlatform, importSimulatedPlatform, type SavedPlatform } from './intel/saved.ts';
export type { Json, JsonMembers } from './intel/signed-json.ts';
export type { SimulatedTcbLevel } from './intel/tcb-info.ts';
export {
  type KdsContents,
  type KdsFault,
  type KdsItem,
  type KdsRequest,
  type KdsServer,
  type KdsServerOptions,
  startKdsServer,
} from './kds/server.ts';
export type { OpenEnclaveEvidenceHeader, OpenEnclaveReportHeader } from './openenclave/containers.ts';
export { type OpenEnclaveClaim, writeCustomClaims } from './openenclave/custom-claims.ts';
export type { PcsDialect, PcsFault, PcsItem, PcsRequest } from './pcs/answers.ts';
export { type PcsServer, type PcsServerOptions, startPcsServer } from './pcs/server.ts';
export {
  createSimulatedSnpPlatform,
  SimulatedSnpPlatform,
  type SnpEndorsementOverrides,
  type SnpPlatformOptions,
  type SnpPlatformState,
  type SnpReportOptions,
} from './sevsnp/platform.ts';
export type { SnpFirmwareVersion, SnpReportFields, SnpSigningOptions } from './sevsnp/report.ts';
export { exportSimulatedSnpPlatform, importSimulatedSnpPlatform, type SavedSnpPlatform } from './sevsnp/saved.ts';
export type { SnpProduct, SnpTcbLevels } from './sevsnp/tcb.ts';
export {
  createSimulatedUvmSigner,
  SimulatedUvmSigner,
  type UvmCertificateSet,
  type UvmEndorsementOptions,
  type UvmSignerOptions,
} from './sevsnp/uvm.ts';
export type { SgxQuoteOptions } from './sgx/quote.ts';
export { reportDataOf, type SgxReportBodyFields } from './sgx/report-body.ts';
export type { TdxQuoteOptions } from './tdx/quote.ts';
export type { TdReportBodyFields, TdReportLayout } from './tdx/report-body.ts';
export {
  defaultBoot,
  eventTypes,
  type SimulatedEvent,
  secureBootVariable,
  writeEventLog,
  writeSpecId,
} from './tpm/event-log.ts';
export {
  type AttestHeaderFields,
  type PcrSelectionFields,
  type PublicAreaFields,
  pcrMask,
  type TpmHashName,
  type TpmSignatureFields,
  tpmAlgorithms,
  tpmAttributes,
} from './tpm/structures.ts';
export {
  createSimulatedVtpm,
  type SignedAttest,
  SimulatedVtpm,
  type TpmAttestOptions,
  type TpmCertifyOptions,
  type TpmQuoteOptions,
  type VtpmOptions,
} from './tpm/vtpm.ts';
export type { CertificateExtension, CertificateFields, CertificateOverrides } from './x509/certificate.ts';
export type { CrlFields, CrlOverrides } from './x509/crl.ts';
export { type Curve, generateEcKeys, type KeyPair } from './x509/keys.ts';
