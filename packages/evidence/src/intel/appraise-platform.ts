/** Checks, in order, that a quote of SGX or TDX is genuine: the platform is Intel's, and it made this quote. */
import { checkOptions, checkTime } from '@atesto/core';
import { refuse } from '../outcome.ts';
import { checkQeReportData, checkQeReportSignature, checkQuoteSignature } from './attestation-key.ts';
import type { IntelCollateralPart } from './collateral.ts';
import { type VerifiedPck, verifyPck } from './pck-chain.ts';
import { checkQeIdentity } from './qe-identity.ts';
import type { ParsedQuote } from './quote.ts';
import { parseReportBody, type SgxReportBody } from './report-body.ts';
import type { IsvTcbLevel } from './tcb-level.ts';
import { checkCertificateDates, checkNotExpired, expiredParts } from './validity.ts';
import type { VerificationCache } from './verification-cache.ts';
import { checkVerified, type VerifiedIntelCollateral } from './verified-collateral.ts';

/** Options that appraisals of Intel quotes share. */
export interface IntelAppraisalOptions {
  /** The moment at which the verdict is to hold. */
  readonly at: Date;
  /** Accept collateral past its next update, and report it; default: refuse it. */
  readonly allowExpiredCollateral?: boolean;
  /** Keeps verified platforms between appraisals; nothing is kept when absent. */
  readonly cache?: VerificationCache;
}

/** Throws `ConfigurationError` for misuse of an appraisal. */
export function checkAppraisal(collateral: VerifiedIntelCollateral, options: IntelAppraisalOptions): void {
  checkVerified(collateral);
  checkOptions(options, { at: true, allowExpiredCollateral: true, cache: true }, 'options');
  checkTime(options.at, 'options.at');
}

/** A platform whose quote is genuine, before its TCB is looked up. */
export interface GenuinePlatform {
  readonly pck: VerifiedPck;
  readonly qeReport: SgxReportBody;
  readonly qeLevel: IsvTcbLevel;
}

/** Collateral must be for the technology of the quote, and dated right. Returns the expired parts. */
export function checkCollateral(
  tee: 'sgx' | 'tdx',
  collateral: VerifiedIntelCollateral,
  options: IntelAppraisalOptions,
  note: (facts: { readonly expired: readonly IntelCollateralPart[] }) => void,
): IntelCollateralPart[] {
  const [id, qe] = tee === 'sgx' ? ['SGX', 'QE'] : ['TDX', 'TD_QE'];
  if (collateral.tcbInfo.id !== id) {
    refuse('collateral-kind', 'tcb_info', `the TCB info is for ${collateral.tcbInfo.id}, the quote is of ${id}`);
  }
  if (collateral.qeIdentity.id !== qe) {
    refuse('collateral-kind', 'qe_identity', `the identity is of ${collateral.qeIdentity.id}, the quote needs ${qe}`);
  }
  const expired = expiredParts(collateral, options.at.getTime());
  note({ expired });
  if (options.allowExpiredCollateral !== true) checkNotExpired(collateral, expired);
  return expired;
}

function checkPlatformFamily({ facts }: VerifiedPck, { tcbInfo }: VerifiedIntelCollateral): void {
  if (tcbInfo.fmspc !== facts.fmspc) {
    refuse(
      'collateral-fmspc',
      'tcb_info',
      `the TCB info is for FMSPC ${tcbInfo.fmspc}, the platform is ${facts.fmspc}`,
    );
  }
  if (tcbInfo.pceId !== facts.pceId) {
    refuse(
      'collateral-pceid',
      'tcb_info',
      `the TCB info is for PCEID ${tcbInfo.pceId}, the platform has ${facts.pceId}`,
    );
  }
}

/** Checks that the platform is Intel's and made the quote. */
export function checkGenuine(
  quote: ParsedQuote,
  collateral: VerifiedIntelCollateral,
  options: IntelAppraisalOptions,
): GenuinePlatform {
  const pck = verifyPck(quote.certification, collateral, options.cache);
  checkCertificateDates(pck, collateral, options.at.getTime());
  checkPlatformFamily(pck, collateral);
  checkQeReportSignature(quote, pck, options.cache);
  const qeReport = parseReportBody(quote.qeReport, 'QE report');
  checkQeReportData(quote, qeReport);
  const qeLevel = checkQeIdentity(qeReport, collateral.qeIdentity);
  checkQuoteSignature(quote);
  return { pck, qeReport, qeLevel };
}
