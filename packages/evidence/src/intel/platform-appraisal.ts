/** What every appraisal of an Intel quote reports of the platform. */
import type { IntelCollateralPart, TcbStatus } from './collateral.ts';
import type { TcbShortfall } from './match.ts';
import type { PckFacts } from './pck.ts';
import type { CollateralDates, CollateralHashes } from './signed-collateral.ts';

/** Facts about the platform that every Intel appraisal reports. */
export interface IntelPlatformAppraisal {
  /** Common name of the authority that issued the PCK certificate. */
  readonly pckIssuer: string;
  readonly pckNotBefore: Date;
  readonly pckNotAfter: Date;
  readonly pck: PckFacts;
  /** Status of the level that the platform reaches, before other parts are considered. */
  readonly platformTcbStatus: TcbStatus;
  /** Date of that level. */
  readonly tcbDate: Date;
  readonly qeIsvSvn: number;
  readonly qeTcbStatus: TcbStatus;
  /** The converged status. */
  readonly tcbStatus: TcbStatus;
  /** Of the levels that were reached, in order of first occurrence. */
  readonly advisoryIds: readonly string[];
  /** What the platform lacks for the highest level; empty when it reaches it. */
  readonly shortfalls: readonly TcbShortfall[];
  readonly collateral: {
    /** Parts past their next update, appraised only because the caller allowed it. */
    readonly expired: readonly IntelCollateralPart[];
    /** The lower of TCB info's and QE identity's. */
    readonly tcbEvaluationDataNumber: number;
    readonly dates: Readonly<Record<IntelCollateralPart, CollateralDates>>;
    readonly hashes: CollateralHashes;
  };
  /** A certificate that was relied on ends in a development root. */
  readonly developmentRoot: boolean;
}
