/** Pins that unverified endorsements cannot take the place of verified ones: this file only has to compile. */
import {
  appraiseSgx,
  appraiseSnp,
  appraiseTdx,
  type IntelAppraisalOptions,
  type IntelCollateral,
  type ParsedSgxEvidence,
  type ParsedSnpReport,
  type ParsedTdxEvidence,
  readIntelCollateral,
  type SnpAppraisalOptions,
  type SnpEndorsements,
} from '@atesto/evidence/advanced';
import {
  createVerifiedIntelSource,
  createVerifiedSnpSource,
  type IntelEndorsementSource,
  type SnpEndorsementSource,
  type VerifiedIntelSource,
  type VerifiedSnpSource,
} from './index.ts';

declare const sgx: ParsedSgxEvidence;
declare const tdx: ParsedTdxEvidence;
declare const snp: ParsedSnpReport;
declare const collateral: IntelCollateral;
declare const endorsements: SnpEndorsements;
declare const options: IntelAppraisalOptions & SnpAppraisalOptions;
declare const intelSource: IntelEndorsementSource;
declare const snpSource: SnpEndorsementSource;

// @ts-expect-error collateral as a source sent it
appraiseSgx(sgx, collateral, options);
// @ts-expect-error collateral as a source sent it
appraiseTdx(tdx, collateral, options);
// @ts-expect-error endorsements as a source sent them
appraiseSnp(snp, endorsements, options);

const signed = readIntelCollateral(collateral);
// @ts-expect-error its signatures hold, and whether its signers are revoked was not checked
if (signed.ok) appraiseSgx(sgx, signed.value, options);

export const verifiedIntel: VerifiedIntelSource = createVerifiedIntelSource(intelSource);
export const verifiedSnp: VerifiedSnpSource = createVerifiedSnpSource(snpSource);
// @ts-expect-error a cache, a file and a service give unverified collateral
export const unverifiedIntel: VerifiedIntelSource = intelSource;
// @ts-expect-error a cache, a file and a service give unverified endorsements
export const unverifiedSnp: VerifiedSnpSource = snpSource;
