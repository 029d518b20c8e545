/**
 * Verifies evidence of trusted execution environments, each in one call: genuine, current enough, not debuggable, bound to the data. Pure
 * functions of evidence, endorsements and time. The steps one by one are in `@atesto/evidence/advanced`.
 *
 * @module evidence
 */
export {
  type AttestedData,
  type Claims,
  type ClaimValue,
  type ConfigurationCode,
  ConfigurationError,
  unwrap,
} from '@atesto/core';
export { azureGuestClaims } from './azure/claims.ts';
export type { AzureGuestAppraisal } from './azure/guest.ts';
export { type EvidenceCode, evidenceCodes } from './codes.ts';
export { type IntelCollateral, type IntelCollateralPart, type TcbStatus, tcbStatuses } from './intel/collateral.ts';
export { parseIntelCollateral, writeIntelCollateral } from './intel/collateral-file.ts';
export type { IntelPlatformAppraisal } from './intel/platform-appraisal.ts';
export { type VerifiedIntelCollateral, verifyIntelCollateral } from './intel/verified-collateral.ts';
export type { Outcome, Refusal } from './outcome.ts';
export { amdRoots, intelRoots, type TrustAnchor } from './roots.ts';
export type { SnpAppraisal } from './sevsnp/appraisal.ts';
export { sevSnpClaims } from './sevsnp/claims.ts';
export type { SnpGuestIdentity, SnpReferenceValue } from './sevsnp/compliance.ts';
export { type SnpEndorsements, type VerifiedSnpEndorsements, verifySnpEndorsements } from './sevsnp/endorsements.ts';
export { type SnpProduct, type SnpTcb, snpProducts } from './sevsnp/product.ts';
export type { UvmReference } from './sevsnp/uvm.ts';
export type { SgxAppraisal } from './sgx/appraisal.ts';
export { sgxClaims } from './sgx/claims.ts';
export type { TdxAppraisal } from './tdx/appraisal.ts';
export { tdxClaims } from './tdx/claims.ts';
export type { TdxReferenceValue } from './tdx/compliance.ts';
export type { VerificationOptions } from './trust-anchors.ts';
export type { SevSnpBaseline, SnpCollateral, SnpCollateralOption } from './verify/amd.ts';
export {
  type AzureGuestOptions,
  type AzureSevSnpOptions,
  type AzureTdxOptions,
  type VerifiedAzureGuest,
  verifyAzureGuest,
} from './verify/azure-guest.ts';
export type { IntelBaseline, IntelCollateralOption, IntelOptions } from './verify/intel.ts';
export type { BoundOptions, CommonOptions } from './verify/options.ts';
export { type SevSnpOptions, verifySevSnp } from './verify/sevsnp.ts';
export { verifySgx } from './verify/sgx.ts';
export { verifyTdx } from './verify/tdx.ts';
