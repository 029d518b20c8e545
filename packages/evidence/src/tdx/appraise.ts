/** Appraises TDX evidence: whether it is genuine, and how current its platform and module are. Source: Intel, TDX ECDSA Quote Verification, reference algorithm. */
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
import type { TdxAppraisal } from './appraisal.ts';
import { checkTdxModule, findModuleLevel, modulePart } from './module.ts';
import type { ParsedTdxEvidence } from './parse.ts';

/** The appraisal, or the first refusal with the facts known so far. */
export type TdxOutcome = IntelOutcome<TdxAppraisal>;

/**
 * Appraises a TDX quote against Intel's endorsements at a time.
 * Pure: the same evidence, collateral and time give the same verdict.
 * Throws `ConfigurationError` for collateral that is not itself verified and for an invalid time.
 * @param evidence from `parseTdxEvidence`
 * @param collateral from `verifyIntelCollateral`, good for many appraisals
 */
export function appraiseTdx(
  { quote, body }: ParsedTdxEvidence,
  collateral: VerifiedIntelCollateral,
  options: IntelAppraisalOptions,
): TdxOutcome {
  checkAppraisal(collateral, options);
  return settleIntel<TdxAppraisal>((note) => {
    const expired = checkCollateral('tdx', collateral, options, note);
    const platform = checkGenuine(quote, collateral, options);
    const identity = checkTdxModule(body, collateral.tcbInfo);
    const moduleLevel = findModuleLevel(body, identity);
    const parts = moduleLevel === undefined ? [] : [modulePart(body, moduleLevel, collateral.tcbInfo)];
    const svns = { ...sgxSvns(platform.pck.facts), tdx: [...body.teeTcbSvn] };
    return {
      tee: 'tdx',
      quoteVersion: quote.version,
      attestationKeyType: quote.attestationKeyType,
      certificationDataType: quote.certification.type,
      body,
      debug: body.debug,
      tdxModuleStatus: moduleLevel?.status,
      quoteHash: createHash('sha256').update(quote.bytes).digest('hex'),
      trailingBytes: quote.trailingBytes,
      ...appraiseTcb(platform, collateral, svns, expired, note, parts),
    };
  });
}
