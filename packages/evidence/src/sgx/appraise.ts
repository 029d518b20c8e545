/** Is SGX evidence genuine, and how current is its platform? Source: Intel, SGX ECDSA Quote Verification, reference algorithm. */
import { createHash } from 'node:crypto';
import { checkCollateral, checkGenuine, type IntelAppraisalOptions } from '../intel/appraise-platform.ts';
import { appraiseTcb, type IntelFacts } from '../intel/appraise-tcb.ts';
import type { IntelCollateral } from '../intel/collateral.ts';
import { sgxSvns } from '../intel/match.ts';
import { type IntelOutcome, settleIntel } from '../intel/outcome.ts';
import type { VerifiedIntelCollateral } from '../intel/verified-collateral.ts';
import { checkCustomClaims } from '../openenclave/claims.ts';
import type { SgxAppraisal } from './appraisal.ts';
import { type ParsedSgxEvidence, readSgxEvidence } from './parse.ts';

/** What was known when evidence was refused. */
export interface SgxFacts extends IntelFacts {
  readonly evidence: ParsedSgxEvidence;
}

/** The appraisal, or the first refusal with the facts known so far. */
export type SgxOutcome = IntelOutcome<SgxAppraisal, SgxFacts>;

/**
 * Appraises SGX evidence against Intel's endorsements at a time.
 * Pure: the same bytes, collateral and time give the same verdict.
 * @param bytes a quote, an OpenEnclave report, or OpenEnclave evidence
 * @param collateral as received, or verified once by `verifyIntelCollateral` for many appraisals
 */
export function appraiseSgx(
  bytes: Uint8Array,
  collateral: IntelCollateral | VerifiedIntelCollateral,
  options: IntelAppraisalOptions,
): SgxOutcome {
  return settleIntel<SgxAppraisal, SgxFacts>(collateral, options.trustAnchors, (verified, note) => {
    const evidence = readSgxEvidence(bytes);
    note({ evidence });
    const { quote, body, openEnclave } = evidence;
    const expired = checkCollateral('sgx', verified, options, note);
    const platform = checkGenuine(quote, verified, options);
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
      ...appraiseTcb(platform, verified, sgxSvns(platform.pck.facts), expired, note),
    };
  });
}
