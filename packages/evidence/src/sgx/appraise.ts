/** Appraises SGX evidence: whether it is genuine, and how current its platform is. Source: Intel, SGX ECDSA Quote Verification, reference algorithm. */
import { createHash } from 'node:crypto';
import {
  checkAppraisal,
  checkCollateral,
  checkGenuine,
  type IntelAppraisalOptions,
} from '../intel/appraise-platform.ts';
import { appraiseTcb } from '../intel/appraise-tcb.ts';
import { sgxSvns } from '../intel/match.ts';
import { type IntelOutcome, settleIntel } from '../intel/outcome.ts';
import type { VerifiedIntelCollateral } from '../intel/verified-collateral.ts';
import { checkCustomClaims } from '../openenclave/claims.ts';
import type { SgxAppraisal } from './appraisal.ts';
import type { ParsedSgxEvidence } from './parse.ts';

/** The appraisal, or the first refusal with the facts known so far. */
export type SgxOutcome = IntelOutcome<SgxAppraisal>;

/**
 * Appraises SGX evidence against Intel's endorsements at a time.
 * Pure: the same evidence, collateral and time give the same verdict.
 * Throws `ConfigurationError` for collateral that is not itself verified and for an invalid time.
 * @param evidence from `parseSgxEvidence`
 * @param collateral from `verifyIntelCollateral`, good for many appraisals
 */
export function appraiseSgx(
  { quote, body, openEnclave }: ParsedSgxEvidence,
  collateral: VerifiedIntelCollateral,
  options: IntelAppraisalOptions,
): SgxOutcome {
  checkAppraisal(collateral, options);
  return settleIntel<SgxAppraisal>((note) => {
    const expired = checkCollateral('sgx', collateral, options, note);
    const platform = checkGenuine(quote, collateral, options);
    if (openEnclave !== undefined) checkCustomClaims(openEnclave, body.reportData);
    return {
      tee: 'sgx',
      quoteVersion: quote.version,
      attestationKeyType: quote.attestationKeyType,
      certificationDataType: quote.certification.type,
      body,
      debug: body.debug,
      quoteHash: createHash('sha256').update(quote.bytes).digest('hex'),
      trailingBytes: quote.trailingBytes,
      openEnclave,
      ...appraiseTcb(platform, collateral, sgxSvns(platform.pck.facts), expired, note),
    };
  });
}
