/** Determines how current a genuine platform is: finds the TCB levels it reaches and combines their statuses. */
import { refuse } from '../outcome.ts';
import type { GenuinePlatform } from './appraise-platform.ts';
import type { IntelCollateralPart, TcbStatus } from './collateral.ts';
import { findPlatformLevel, type PlatformSvns, shortfalls, type TcbShortfall } from './match.ts';
import type { IntelPlatformAppraisal } from './platform-appraisal.ts';
import { converge, type TcbLevelStatus, uniteAdvisories } from './tcb-level.ts';
import type { VerifiedIntelCollateral } from './verified-collateral.ts';

/** Facts that a refusal can carry. */
export interface IntelFacts {
  readonly expired: readonly IntelCollateralPart[];
  readonly tcbStatus: TcbStatus | 'NotSupported';
  readonly advisoryIds: readonly string[];
  readonly tcbEvaluationDataNumber: number;
}

function describe(missing: readonly TcbShortfall[]): string {
  return missing.map(({ component, have, need }) => `${component} is ${have}, needs ${need}`).join('; ');
}

/** What a part may want to know of the rest. */
export interface PlatformStatuses {
  /** Of the level that the SGX components alone reach. */
  readonly sgx: TcbStatus;
  readonly qe: TcbStatus;
}

/** A part with levels of its own, such as the TDX module, and what it does to the platform's status. */
export interface PlatformPart {
  readonly level: TcbLevelStatus;
  readonly apply: (status: TcbStatus, statuses: PlatformStatuses) => TcbStatus;
}

/**
 * Finds the platform's level and converges it with the levels of the parts, then of the quoting enclave.
 * @param report told the facts before anything is refused
 * @param parts in the order in which they converge
 */
export function appraiseTcb(
  platform: GenuinePlatform,
  collateral: VerifiedIntelCollateral,
  svns: PlatformSvns,
  expired: readonly IntelCollateralPart[],
  report: (facts: Partial<IntelFacts>) => void,
  parts: readonly PlatformPart[] = [],
): IntelPlatformAppraisal {
  const { tcbInfo, qeIdentity } = collateral;
  const { pck, qeReport, qeLevel } = platform;
  const tcbEvaluationDataNumber = Math.min(tcbInfo.tcbEvaluationDataNumber, qeIdentity.tcbEvaluationDataNumber);
  const level = findPlatformLevel(tcbInfo.tcbLevels, svns);
  if (level === undefined) {
    report({ tcbStatus: 'NotSupported', advisoryIds: [], tcbEvaluationDataNumber });
    const lowest = tcbInfo.tcbLevels.at(-1);
    const lacking =
      lowest === undefined ? 'there are no levels' : `for the lowest, ${describe(shortfalls(lowest, svns))}`;
    return refuse(
      'tcb-level-not-found',
      'tcb_info',
      `the platform reaches none of the ${tcbInfo.tcbLevels.length} TCB levels: ${lacking}`,
    );
  }
  const sgx = findPlatformLevel(tcbInfo.tcbLevels, { ...svns, tdx: undefined }) ?? level;
  const statuses = { sgx: sgx.status, qe: qeLevel.status };
  const withParts = parts.reduce((status, part) => part.apply(status, statuses), level.status);
  const tcbStatus = converge(withParts, qeLevel.status);
  const advisoryIds = uniteAdvisories(
    level.advisoryIds,
    ...parts.map((part) => part.level.advisoryIds),
    qeLevel.advisoryIds,
  );
  report({ tcbStatus, advisoryIds, tcbEvaluationDataNumber });
  if (tcbStatus === 'Revoked') {
    refuse(
      'tcb-revoked',
      'tcb_info',
      `the TCB level is revoked${advisoryIds.length > 0 ? ` (${advisoryIds.join(', ')})` : ''}`,
    );
  }
  const [highest] = tcbInfo.tcbLevels;
  return {
    pckIssuer: pck.chain.issuer.commonName,
    pckNotBefore: new Date(pck.chain.leaf.notBefore),
    pckNotAfter: new Date(pck.chain.leaf.notAfter),
    pck: pck.facts,
    platformTcbStatus: level.status,
    tcbDate: new Date(level.date),
    qeIsvSvn: qeReport.isvSvn,
    qeTcbStatus: qeLevel.status,
    tcbStatus,
    advisoryIds,
    shortfalls: highest === undefined || highest === level ? [] : shortfalls(highest, svns),
    collateral: {
      expired,
      tcbEvaluationDataNumber,
      dates: collateral.dates,
      hashes: collateral.hashes,
    },
    developmentRoot: collateral.developmentRoot || pck.chain.anchor.development,
  };
}
