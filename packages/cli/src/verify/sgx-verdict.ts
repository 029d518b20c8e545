/** Is SGX evidence genuine at a time, under given collateral? The account of one appraisal, as people and programs read it. */
import { parseIntelCollateralBundle } from '@atesto/endorsements';
import {
  appraiseSgx,
  checkSgxRuntimeData,
  type IntelCollateralPart,
  intelRoots,
  type Refusal,
  type SgxOutcome,
  type SgxReportBody,
  type TcbStatus,
} from '@atesto/evidence';

/** What is appraised. */
export interface SgxAppraisalInput {
  /** A quote, an OpenEnclave report, or OpenEnclave evidence. */
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

/** Fields of the report body; bytes as lower-case hex. */
export interface SgxBodyFacts {
  readonly mrEnclave: string;
  readonly mrSigner: string;
  readonly isvProdId: number;
  readonly isvSvn: number;
  readonly debug: boolean;
  readonly attributes: string;
  readonly configId: string;
  readonly configSvn: number;
  readonly reportData: string;
}

/** The account. Facts that were not reached before a refusal are null. */
export interface SgxVerdict {
  readonly verdict: 'valid' | 'refused';
  readonly code: string | null;
  readonly reason: string | null;
  readonly tcbStatus: TcbStatus | 'NotSupported' | null;
  readonly advisoryIds: readonly string[];
  readonly collateral: {
    /** Signed bodies past their next update. */
    readonly expired: readonly IntelCollateralPart[];
    /** Lists of revoked certificates past theirs; absent when there are none. */
    readonly expiredRevocationLists?: readonly IntelCollateralPart[];
    readonly tcbEvaluationDataNumber: number | null;
  };
  readonly evidence: SgxBodyFacts | null;
}

/** Appraises evidence and gives account. */
export function sgxVerdict(input: SgxAppraisalInput): SgxVerdict {
  const bundle = parseIntelCollateralBundle(input.collateral);
  if (!bundle.ok) return refused(bundle.refusal, { ok: false, refusal: bundle.refusal, facts: {} });
  const development = input.developmentRoots.map((spkiSha256) => ({
    name: 'development root',
    spkiSha256,
    development: true,
  }));
  const outcome = appraiseSgx(input.evidence, bundle.value, {
    at: input.at,
    allowExpiredCollateral: input.allowExpiredCollateral,
    trustAnchors: [...intelRoots, ...development],
  });
  if (!outcome.ok) return refused(outcome.refusal, outcome);
  if (input.runtimeData !== undefined) {
    const bound = checkSgxRuntimeData(outcome.value.body, input.runtimeData);
    if (!bound.ok) return refused(bound.refusal, outcome);
  }
  return { verdict: 'valid', code: null, reason: null, ...factsOf(outcome) };
}

function refused({ code, where, why }: Refusal, outcome: SgxOutcome): SgxVerdict {
  return { verdict: 'refused', code, reason: `${where}: ${why}`, ...factsOf(outcome) };
}

function factsOf(outcome: SgxOutcome): Omit<SgxVerdict, 'verdict' | 'code' | 'reason'> {
  if (!outcome.ok) {
    const { evidence, expired = [], tcbStatus, advisoryIds = [], tcbEvaluationDataNumber } = outcome.facts;
    return {
      tcbStatus: tcbStatus ?? null,
      advisoryIds,
      collateral: { ...expiredParts(expired), tcbEvaluationDataNumber: tcbEvaluationDataNumber ?? null },
      evidence: evidence === undefined ? null : bodyFacts(evidence.body),
    };
  }
  const { tcbStatus, advisoryIds, collateral, body } = outcome.value;
  const { expired, tcbEvaluationDataNumber } = collateral;
  return {
    tcbStatus,
    advisoryIds,
    collateral: { ...expiredParts(expired), tcbEvaluationDataNumber },
    evidence: bodyFacts(body),
  };
}

function expiredParts(parts: readonly IntelCollateralPart[]) {
  const isList = (part: IntelCollateralPart): boolean => part.endsWith('_crl');
  const lists = parts.filter(isList);
  const expired = parts.filter((part) => !isList(part));
  return lists.length === 0 ? { expired } : { expired, expiredRevocationLists: lists };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function bodyFacts(body: SgxReportBody): SgxBodyFacts {
  return {
    mrEnclave: hex(body.mrEnclave),
    mrSigner: hex(body.mrSigner),
    isvProdId: body.isvProdId,
    isvSvn: body.isvSvn,
    debug: body.debug,
    attributes: hex(body.attributes),
    configId: hex(body.configId),
    configSvn: body.configSvn,
    reportData: hex(body.reportData),
  };
}
