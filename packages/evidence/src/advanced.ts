/**
 * The steps of an appraisal one by one, for those who put them together themselves, such as an attestation service: parsing, verifying
 * endorsements, appraising, and each check of baseline and binding. `appraise…` says what is genuine, not what is good enough: whoever
 * admits by its `ok` alone admits debuggable and outdated platforms. Pure functions of evidence, endorsements and time.
 *
 * @module evidence/advanced
 */

export type { Claims, ClaimValue } from '@atesto/core';
export { type AzureCvmAppraisal, appraiseAzureCvm } from './azure/appraise.ts';
export { type AzureGuestBaseline, checkAzureGuestBaseline } from './azure/baseline.ts';
export { azureGuestClaims, azureHardwareClaims } from './azure/claims.ts';
export { type AzureGuestAppraisal, appraiseAzureGuest, refuseAzureGuestData } from './azure/guest.ts';
export {
  type GuestOs,
  type GuestProof,
  type GuestTpm,
  type ParsedAzureGuest,
  parseAzureGuest,
} from './azure/guest-evidence.ts';
export { type HclReport, parseHclReport } from './azure/hcl-report.ts';
export {
  type AzureHardware,
  type HclHash,
  type RuntimeClaims,
  type RuntimeData,
  runtimeDataHash,
} from './azure/runtime-claims.ts';
export type { VtpmAppraisal, VtpmEvidence, VtpmOptions } from './azure/vtpm.ts';
export { type EvidenceCode, evidenceCodes } from './codes.ts';
export type { IntelAppraisalOptions } from './intel/appraise-platform.ts';
export type { IntelFacts } from './intel/appraise-tcb.ts';
export {
  checkTcbBaseline,
  defaultTcbBaseline,
  type TcbBaseline,
} from './intel/baseline.ts';
export type { PckCertificateId } from './intel/certification-data.ts';
export { type IntelCollateral, type IntelCollateralPart, type TcbStatus, tcbStatuses } from './intel/collateral.ts';
export { largestCollateralFile, parseIntelCollateral, writeIntelCollateral } from './intel/collateral-file.ts';
export {
  type IntelEndorsementsNeeded,
  type IntelLookup,
  lookupFor,
  neededByPckCertificate,
} from './intel/endorsements-needed.ts';
export { type IntelListIssuers, intelListIssuers } from './intel/list-issuers.ts';
export type { TcbShortfall } from './intel/match.ts';
export type { IntelOutcome } from './intel/outcome.ts';
export type { PckFacts } from './intel/pck.ts';
export type { IntelPlatformAppraisal } from './intel/platform-appraisal.ts';
export type { ParsedQuote } from './intel/quote.ts';
export type { SgxReportBody } from './intel/report-body.ts';
export {
  type CollateralDates,
  type CollateralHashes,
  readIntelCollateral,
  type SignedIntelCollateral,
} from './intel/signed-collateral.ts';
export { type EnvelopeMember, openEnvelope, type SignedParts } from './intel/signed-envelope.ts';
export { VerificationCache } from './intel/verification-cache.ts';
export { VerifiedIntelCollateral, verifyIntelCollateral } from './intel/verified-collateral.ts';
export type { OpenEnclaveClaims } from './openenclave/claims.ts';
export type { Outcome, Refusal } from './outcome.ts';
export { amdRoots, intelRoots, type TrustAnchor } from './roots.ts';
export type { SnpAppraisal } from './sevsnp/appraisal.ts';
export { appraiseSnp, type SnpAppraisalOptions } from './sevsnp/appraise.ts';
export { checkSnpBaseline, defaultSnpBaseline, type SnpBaseline } from './sevsnp/baseline.ts';
export { checkSnpInitTimeData, checkSnpRuntimeData } from './sevsnp/binding.ts';
export { sevSnpClaims } from './sevsnp/claims.ts';
export {
  appraiseSnpGuest,
  type SnpGuestAppraisal,
  type SnpGuestIdentity,
  type SnpReferenceValue,
} from './sevsnp/compliance.ts';
export { type ParsedSnpEvidence, parseSnpEvidence } from './sevsnp/document.ts';
export {
  type SnpEndorsements,
  snpListIssuer,
  VerifiedSnpEndorsements,
  verifySnpAuthorities,
  verifySnpEndorsements,
} from './sevsnp/endorsements.ts';
export { type SnpLookup, type SuppliedSnpCertificates, snpKeyKindOf, snpLookupFor } from './sevsnp/lookup.ts';
export { type SnpProduct, type SnpTcb, snpProducts } from './sevsnp/product.ts';
export { type ParsedSnpReport, parseSnpReport, type SnpReport } from './sevsnp/report.ts';
export { type UvmEndorsement, type UvmReference, verifyUvmEndorsement } from './sevsnp/uvm.ts';
export type { SgxAppraisal } from './sgx/appraisal.ts';
export { appraiseSgx, type SgxOutcome } from './sgx/appraise.ts';
export { checkSgxInitTimeData, checkSgxRuntimeData } from './sgx/binding.ts';
export { sgxClaims, sgxIncomingAliases } from './sgx/claims.ts';
export { type ParsedSgxEvidence, parseSgxEvidence } from './sgx/parse.ts';
export type { TdxAppraisal } from './tdx/appraisal.ts';
export { appraiseTdx, type TdxOutcome } from './tdx/appraise.ts';
export { checkTdxInitTimeData, checkTdxRuntimeData, type TdxInitTimeBinding } from './tdx/binding.ts';
export { tdxClaims } from './tdx/claims.ts';
export { type TdxReferenceValue, tdxComplianceStatus } from './tdx/compliance.ts';
export { type ParsedTdxEvidence, parseTdxEvidence } from './tdx/parse.ts';
export type { TdReportBody } from './tdx/report-body.ts';
export type { MeasuredBoot } from './tpm/measured-boot.ts';
export type { PcrValues, TpmQuote } from './tpm/quote.ts';
export { type ReadEventLog, readEventLog, readTpmQuote } from './tpm/read.ts';
export type { VerificationOptions } from './trust-anchors.ts';
export { leafFirst } from './x509/leaf-first.ts';
export { type ListIssuer, listIssuer, readSignedRevocationList } from './x509/list-issuer.ts';
export { readRevocationList, revocationListIssuer } from './x509/read-list.ts';
export type { RevocationList } from './x509/revocation.ts';
export { revocationListsIn } from './x509/revocation-list-forms.ts';
export { checkSignerChain, checkSignerLinks, parseSignerChain, type SignerChain } from './x509/signer-chain.ts';
