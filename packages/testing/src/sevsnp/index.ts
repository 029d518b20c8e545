/**
 * Simulated SEV-SNP platforms: reports, AMD's certificates and revocation lists, endorsements of utility VMs, under throwaway keys.
 *
 * @module testing/sevsnp
 */
export type { EndorsementKeyFields, EndorsementKeyKind } from '../amd/endorsement-key.ts';
export { type AmdCertificateOverrides, type AmdCertificates, type AmdKeys, generateAmdKeys } from '../amd/pki.ts';
export { reportDataOf } from '../sgx/report-body.ts';
export {
  createSimulatedSnpPlatform,
  SimulatedSnpPlatform,
  type SnpEndorsementOverrides,
  type SnpPlatformOptions,
  type SnpPlatformState,
  type SnpReportOptions,
} from './platform.ts';
export type { SnpFirmwareVersion, SnpReportFields, SnpSigningOptions } from './report.ts';
export { exportSimulatedSnpPlatform, importSimulatedSnpPlatform, type SavedSnpPlatform } from './saved.ts';
export type { SnpProduct, SnpTcbLevels } from './tcb.ts';
export {
  createSimulatedUvmSigner,
  SimulatedUvmSigner,
  type UvmCertificateSet,
  type UvmEndorsementOptions,
  type UvmSignerOptions,
} from './uvm.ts';
