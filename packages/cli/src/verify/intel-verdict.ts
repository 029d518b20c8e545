/** Appraises an SGX or TDX quote offline under given collateral. */
import type { Outcome } from '@atesto/core';
import {
  type IntelAppraisalOptions,
  type IntelCollateralPart,
  type IntelFacts,
  type IntelOutcome,
  type IntelPlatformAppraisal,
  intelRoots,
  parseIntelCollateral,
  type TcbStatus,
  type VerifiedIntelCollateral,
  verifyIntelCollateral,
} from '@atesto/evidence/advanced';
import type { Row } from '../style.ts';
import { developmentAnchors, refused, type Verdict, valid } from './verdict.ts';

/** What is appraised. */
export interface IntelVerdictInput {
  readonly evidence: Uint8Array;
  /** A collateral file. */
  readonly collateral: Uint8Array;
  readonly at: Date;
  /** Data whose SHA-256 the report data must carry; absent: not checked. */
  readonly runtimeData: Uint8Array | undefined;
  readonly allowExpiredCollateral: boolean;
  /** SHA-256 of the public keys of roots that are trusted besides Intel's, hex. */
  readonly developmentRoots: readonly string[];
}

/** The report. Facts that were not reached before a refusal are null. */
export interface IntelVerdict<BodyFacts> extends Verdict {
  readonly tcbStatus: TcbStatus | 'NotSupported' | null;
  readonly advisoryIds: readonly string[];
  readonly collateral: {
    /** Signed bodies past their next update. */
    readonly expired: readonly IntelCollateralPart[];
    /** Lists of revoked certificates past theirs; absent when there are none. */
    readonly expiredRevocationLists?: readonly IntelCollateralPart[];
    readonly tcbEvaluationDataNumber: number | null;
  };
  /** Fields of the report body; bytes as lower-case hex. */
  readonly evidence: BodyFacts | null;
}

/** What SGX and TDX do differently. */
export interface IntelTechnology<Evidence extends { readonly body: Body }, Body, BodyFacts> {
  readonly parse: (bytes: Uint8Array) => Outcome<Evidence>;
  readonly appraise: (
    evidence: Evidence,
    collateral: VerifiedIntelCollateral,
    options: IntelAppraisalOptions,
  ) => IntelOutcome<IntelPlatformAppraisal & { readonly body: Body }>;
  readonly checkRuntimeData: (body: Body, data: Uint8Array) => Outcome<void>;
  readonly bodyFacts: (body: Body) => BodyFacts;
  /** What people read of the body. */
  readonly bodyRows: (facts: BodyFacts) => Row[];
}

/** Appraises evidence and gives report. */
export function intelVerdict<Evidence extends { readonly body: Body }, Body, BodyFacts>(
  technology: IntelTechnology<Evidence, Body, BodyFacts>,
  input: IntelVerdictInput,
): IntelVerdict<BodyFacts> {
  const collateral = verifiedCollateral(input.collateral, input.developmentRoots);
  if (!collateral.ok) return { ...refused(collateral.refusal), ...partialFacts(technology, undefined, {}) };
  const evidence = technology.parse(input.evidence);
  if (!evidence.ok) return { ...refused(evidence.refusal), ...partialFacts(technology, undefined, {}) };
  const appraise = (allowExpiredCollateral: boolean) =>
    technology.appraise(evidence.value, collateral.value, { at: input.at, allowExpiredCollateral });
  const outcome = appraise(input.allowExpiredCollateral);
  if (!outcome.ok) {
    // What is refused for its age alone is told of all the same: the age is decided first.
    const known = outcome.refusal.code === 'collateral-expired' ? appraise(true) : outcome;
    const facts = known.ok
      ? wholeFacts(technology, known.value)
      : partialFacts(technology, evidence.value.body, known.facts);
    return { ...refused(outcome.refusal), ...facts };
  }
  const facts = wholeFacts(technology, outcome.value);
  const bound =
    input.runtimeData === undefined ? undefined : technology.checkRuntimeData(outcome.value.body, input.runtimeData);
  return bound?.ok === false ? { ...refused(bound.refusal), ...facts } : { ...valid, ...facts };
}

/** The collateral of a file, verified under Intel's root and those of development. */
export function verifiedCollateral(
  file: Uint8Array,
  developmentRoots: readonly string[],
): Outcome<VerifiedIntelCollateral> {
  const bundle = parseIntelCollateral(file);
  if (!bundle.ok) return bundle;
  return verifyIntelCollateral(bundle.value, {
    trustAnchors: [...intelRoots, ...developmentAnchors(developmentRoots)],
  });
}

type Facts<BodyFacts> = Omit<IntelVerdict<BodyFacts>, keyof Verdict>;

function wholeFacts<Body, BodyFacts>(
  { bodyFacts }: Pick<IntelTechnology<never, Body, BodyFacts>, 'bodyFacts'>,
  { tcbStatus, advisoryIds, collateral, body }: IntelPlatformAppraisal & { readonly body: Body },
): Facts<BodyFacts> {
  const { expired, tcbEvaluationDataNumber } = collateral;
  return {
    tcbStatus,
    advisoryIds,
    collateral: { ...expiredParts(expired), tcbEvaluationDataNumber },
    evidence: bodyFacts(body),
  };
}

function partialFacts<Body, BodyFacts>(
  { bodyFacts }: Pick<IntelTechnology<never, Body, BodyFacts>, 'bodyFacts'>,
  body: Body | undefined,
  facts: Partial<IntelFacts>,
): Facts<BodyFacts> {
  const { expired = [], tcbStatus, advisoryIds = [], tcbEvaluationDataNumber } = facts;
  return {
    tcbStatus: tcbStatus ?? null,
    advisoryIds,
    collateral: { ...expiredParts(expired), tcbEvaluationDataNumber: tcbEvaluationDataNumber ?? null },
    evidence: body === undefined ? null : bodyFacts(body),
  };
}

function expiredParts(parts: readonly IntelCollateralPart[]) {
  const isList = (part: IntelCollateralPart): boolean => part.endsWith('_crl');
  const lists = parts.filter(isList);
  const expired = parts.filter((part) => !isList(part));
  return lists.length === 0 ? { expired } : { expired, expiredRevocationLists: lists };
}

/** What people read of the platform. */
export function platformRows({ tcbStatus, advisoryIds, collateral }: IntelVerdict<unknown>): Row[] {
  const { expired, expiredRevocationLists = [], tcbEvaluationDataNumber } = collateral;
  return [
    ['TCB status', tcbStatus ?? undefined],
    ['advisories', advisoryIds.join(', ')],
    ['TCB evaluation data', tcbEvaluationDataNumber === null ? undefined : `number ${tcbEvaluationDataNumber}`],
    ['expired collateral', [...expired, ...expiredRevocationLists].join(', ')],
  ];
}
