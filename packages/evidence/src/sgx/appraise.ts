/** Is SGX evidence genuine, and how current is its platform? Source: Intel, SGX ECDSA Quote Verification, reference algorithm. */
import { createHash } from 'node:crypto';
import { type Refusal, Refused, refuse } from '../bytes/refusal.ts';
import { checkCollateral, checkGenuine, type IntelAppraisalOptions } from '../intel/appraise-platform.ts';
import { appraiseTcb, type IntelFacts } from '../intel/appraise-tcb.ts';
import type { IntelCollateral, IntelCollateralPart } from '../intel/collateral.ts';
import { sgxSvns } from '../intel/match.ts';
import { type PreparedIntelCollateral, prepareIntelCollateral } from '../intel/prepare.ts';
import { checkCustomClaims } from '../openenclave/claims.ts';
import type { TrustAnchor } from '../roots.ts';
import type { SgxAppraisal } from './appraisal.ts';
import { type ParsedSgxEvidence, readSgxEvidence } from './parse.ts';

/** Options of {@link appraiseSgx}. */
export interface SgxAppraisalOptions extends IntelAppraisalOptions {
  /** Roots to trust when the collateral was not prepared; Intel's pinned root when absent. */
  readonly trustAnchors?: readonly TrustAnchor[];
}

/** What was known when evidence was refused: for an account to people, never for a decision. */
export interface SgxFacts extends IntelFacts {
  readonly evidence: ParsedSgxEvidence;
}

/** The appraisal, or the first refusal with the facts known so far. */
export type SgxOutcome =
  | { readonly ok: true; readonly value: SgxAppraisal }
  | { readonly ok: false; readonly refusal: Refusal; readonly facts: Partial<SgxFacts> };

interface Notes {
  facts: Partial<SgxFacts>;
}

function appraise(
  bytes: Uint8Array,
  collateral: PreparedIntelCollateral,
  options: SgxAppraisalOptions,
  notes: Notes,
): SgxAppraisal {
  const evidence = readSgxEvidence(bytes);
  notes.facts = { ...notes.facts, evidence };
  const { quote, body, openEnclave } = evidence;
  let expired: IntelCollateralPart[] = [];
  checkCollateral('sgx', collateral, options, (parts) => {
    expired = parts;
    notes.facts = { ...notes.facts, expired: parts };
  });
  const platform = checkGenuine(quote, collateral, options);
  if (openEnclave !== undefined) checkCustomClaims(openEnclave.customClaims, body.reportData);
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
    ...appraiseTcb(platform, collateral, sgxSvns(platform.pck.facts), expired, (facts) => {
      notes.facts = { ...notes.facts, ...facts };
    }),
  };
}

function prepared(
  collateral: IntelCollateral | PreparedIntelCollateral,
  options: SgxAppraisalOptions,
): PreparedIntelCollateral {
  if ('prepared' in collateral) return collateral;
  const { trustAnchors } = options;
  const outcome = prepareIntelCollateral(collateral, trustAnchors === undefined ? {} : { trustAnchors });
  if (!outcome.ok) return refuse(outcome.refusal.code, outcome.refusal.where, outcome.refusal.why);
  return outcome.value;
}

/**
 * Appraises SGX evidence against Intel's endorsements at a time.
 * Pure: the same bytes, collateral and time give the same verdict.
 * @param evidence a quote, an OpenEnclave report, or OpenEnclave evidence
 * @param collateral as received, or prepared once by `prepareIntelCollateral` for many appraisals
 */
export function appraiseSgx(
  evidence: Uint8Array,
  collateral: IntelCollateral | PreparedIntelCollateral,
  options: SgxAppraisalOptions,
): SgxOutcome {
  const notes: Notes = { facts: {} };
  try {
    return { ok: true, value: appraise(evidence, prepared(collateral, options), options, notes) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal, facts: notes.facts };
    throw error;
  }
}
