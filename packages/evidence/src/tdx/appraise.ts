/** Is TDX evidence genuine, and how current are its platform and module? Source: Intel, TDX ECDSA Quote Verification, reference algorithm. */
import { createHash } from 'node:crypto';
import { checkCollateral, checkGenuine, type IntelAppraisalOptions } from '../intel/appraise-platform.ts';
import { appraiseTcb, type IntelFacts } from '../intel/appraise-tcb.ts';
import type { IntelCollateral } from '../intel/collateral.ts';
import { sgxSvns } from '../intel/match.ts';
import { type IntelOutcome, settleIntel } from '../intel/outcome.ts';
import type { VerifiedIntelCollateral } from '../intel/verified-collateral.ts';
import type { TdxAppraisal } from './appraisal.ts';
import { checkTdxModule, findModuleLevel, modulePart } from './module.ts';
import { type ParsedTdxEvidence, readTdxEvidence } from './parse.ts';

/** What was known when evidence was refused. */
export interface TdxFacts extends IntelFacts {
  readonly evidence: ParsedTdxEvidence;
}

/** The appraisal, or the first refusal with the facts known so far. */
export type TdxOutcome = IntelOutcome<TdxAppraisal, TdxFacts>;

/**
 * Appraises a TDX quote against Intel's endorsements at a time.
 * Pure: the same bytes, collateral and time give the same verdict.
 * @param bytes a quote of version 4 or 5
 * @param collateral as received, or verified once by `verifyIntelCollateral` for many appraisals
 */
export function appraiseTdx(
  bytes: Uint8Array,
  collateral: IntelCollateral | VerifiedIntelCollateral,
  options: IntelAppraisalOptions,
): TdxOutcome {
  return settleIntel<TdxAppraisal, TdxFacts>(collateral, options.trustAnchors, (verified, note) => {
    const evidence = readTdxEvidence(bytes);
    note({ evidence });
    const { quote, body } = evidence;
    const expired = checkCollateral('tdx', verified, options, note);
    const platform = checkGenuine(quote, verified, options);
    const identity = checkTdxModule(body, verified.tcbInfo);
    const moduleLevel = findModuleLevel(body, identity);
    const parts = moduleLevel === undefined ? [] : [modulePart(body, moduleLevel, verified.tcbInfo)];
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
      ...appraiseTcb(platform, verified, svns, expired, note, parts),
    };
  });
}
