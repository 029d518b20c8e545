/**
 * Simulated SGX platforms: quotes, Open Enclave evidence and Intel's endorsements under throwaway keys. A platform makes TDX quotes too.
 *
 * @module testing/sgx
 */
export type { Bytes } from '../bytes/layout.ts';
export type { CertificationOptions } from '../intel/certification-data.ts';
export { type CollateralJson, type CollateralOverrides, collateralToJson } from '../intel/collateral.ts';
export type { TcbEvaluationDataNumbers } from '../intel/evaluation-data-numbers.ts';
export type { PckFields } from '../intel/pck-extension.ts';
export type { IntelCertificateOverrides, IntelCertificates, IntelKeys, PckCa } from '../intel/pki.ts';
export {
  createSimulatedPlatform,
  type OpenEnclaveEvidenceOptions,
  type OpenEnclaveReportOptions,
  type PlatformOptions,
  SimulatedPlatform,
} from '../intel/platform.ts';
export type { PlatformState } from '../intel/platform-state.ts';
export type { QuoteHeaderFields, QuoteSigningOptions } from '../intel/quote.ts';
export type { QuotedTee } from '../intel/quoting-enclave.ts';
export { exportSimulatedPlatform, importSimulatedPlatform, type SavedPlatform } from '../intel/saved.ts';
export type { Json, JsonMembers } from '../intel/signed-json.ts';
export type { SimulatedTcbLevel } from '../intel/tcb-info.ts';
export type { OpenEnclaveEvidenceHeader, OpenEnclaveReportHeader } from '../openenclave/containers.ts';
export { type OpenEnclaveClaim, writeCustomClaims } from '../openenclave/custom-claims.ts';
export type { SgxQuoteOptions } from './quote.ts';
export { reportDataOf, type SgxReportBodyFields } from './report-body.ts';
