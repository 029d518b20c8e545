/** The way from bytes to a verdict in one call: parse, verify the endorsements, appraise. */
import type { Outcome, Refusal } from '@atesto/core';
import {
  type AzureCvmAppraisal,
  type AzureGuestAppraisal,
  type AzureHardware,
  appraiseAzureCvm,
  appraiseAzureGuest,
  appraiseSgx,
  appraiseSnp,
  appraiseTdx,
  type IntelAppraisalOptions,
  type IntelCollateral,
  type IntelFacts,
  type IntelOutcome,
  type ParsedSgxEvidence,
  type ParsedTdxEvidence,
  parseAzureGuest,
  parseHclReport,
  parseSgxEvidence,
  parseSnpReport,
  parseTdxEvidence,
  type SgxAppraisal,
  type SnpAppraisal,
  type SnpAppraisalOptions,
  type SnpEndorsements,
  type TdxAppraisal,
  type TrustAnchor,
  type VerifiedIntelCollateral,
  type VerifiedSnpEndorsements,
  type VtpmEvidence,
  type VtpmOptions,
  verifyIntelCollateral,
  verifySnpEndorsements,
} from '../advanced.ts';

/** Under which roots endorsements are verified that are not verified yet; default: the vendor's. */
export interface Anchored {
  readonly trustAnchors?: readonly TrustAnchor[];
}

/** As {@link IntelOutcome}, with the evidence among the facts when it could be parsed. */
export type BytesOutcome<Evidence, Appraisal> =
  | { readonly ok: true; readonly value: Appraisal }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly facts: Partial<IntelFacts & { readonly evidence: Evidence }>;
    };

export type SgxBytesOutcome = BytesOutcome<ParsedSgxEvidence, SgxAppraisal>;
export type TdxBytesOutcome = BytesOutcome<ParsedTdxEvidence, TdxAppraisal>;
type Collateral = IntelCollateral | VerifiedIntelCollateral;
type Options = IntelAppraisalOptions & Anchored;

const isVerified = (collateral: Collateral): collateral is VerifiedIntelCollateral => 'anchors' in collateral;

function appraiseIntel<Evidence, Appraisal>(
  parsed: Outcome<Evidence>,
  collateral: Collateral,
  { trustAnchors, ...options }: Options,
  appraise: (evidence: Evidence, by: VerifiedIntelCollateral, under: IntelAppraisalOptions) => IntelOutcome<Appraisal>,
): BytesOutcome<Evidence, Appraisal> {
  if (!parsed.ok) return { ...parsed, facts: {} };
  const evidence = parsed.value;
  const verified = isVerified(collateral)
    ? ({ ok: true, value: collateral } as const)
    : verifyIntelCollateral(collateral, trustAnchors === undefined ? {} : { trustAnchors });
  if (!verified.ok) return { ...verified, facts: { evidence } };
  const outcome = appraise(evidence, verified.value, options);
  return outcome.ok ? outcome : { ...outcome, facts: { ...outcome.facts, evidence } };
}

export const appraiseSgxBytes = (bytes: Uint8Array, collateral: Collateral, options: Options): SgxBytesOutcome =>
  appraiseIntel(parseSgxEvidence(bytes), collateral, options, appraiseSgx);

export const appraiseTdxBytes = (bytes: Uint8Array, collateral: Collateral, options: Options): TdxBytesOutcome =>
  appraiseIntel(parseTdxEvidence(bytes), collateral, options, appraiseTdx);

/** @param report 1184 bytes */
export function appraiseSnpBytes(
  report: Uint8Array,
  endorsements: SnpEndorsements | VerifiedSnpEndorsements,
  { trustAnchors, ...options }: SnpAppraisalOptions & Anchored,
): Outcome<SnpAppraisal> {
  const parsed = parseSnpReport(report);
  if (!parsed.ok) return parsed;
  if ('chain' in endorsements) return appraiseSnp(parsed.value, endorsements, options);
  const verified = verifySnpEndorsements(endorsements, trustAnchors === undefined ? {} : { trustAnchors });
  return verified.ok ? appraiseSnp(parsed.value, verified.value, options) : verified;
}

/** @param info the JSON document of `attestationInfo` */
export function appraiseGuestBytes(info: Uint8Array, hardware: AzureHardware): Outcome<AzureGuestAppraisal> {
  const guest = parseAzureGuest(info);
  return guest.ok ? appraiseAzureGuest(guest.value, hardware) : guest;
}

export function appraiseCvmBytes(
  hclReport: Uint8Array,
  hardware: AzureHardware,
  vtpm: VtpmEvidence,
  options: VtpmOptions,
): Outcome<AzureCvmAppraisal> {
  const hcl = parseHclReport(hclReport);
  return hcl.ok ? appraiseAzureCvm(hcl.value, hardware, vtpm, options) : hcl;
}
