/** What would an operator have to permit so that refused evidence passes? Only age and TCB status are a matter of configuration. */
import type { SgxAppraisal } from '@atesto/evidence';
import type { Concessions } from './stage.ts';

/** Something that is refused by default and can be permitted. */
export interface Concession {
  readonly permitted: Concessions;
  /** The option of this command that permits it from the start. */
  readonly option: string;
  /** What the operator does, in words. */
  readonly words: string;
}

/** How far past its next update the oldest part of the collateral is at a time, in seconds. */
export function secondsPastUpdate({ collateral }: SgxAppraisal, at: Date): number {
  const nextUpdates = collateral.expired.map((part) => collateral.dates[part].nextUpdate);
  return Math.max(0, ...nextUpdates.map((nextUpdate) => Math.ceil((at.getTime() - nextUpdate) / 1000)));
}

/** The concession that a refusal calls for; undefined when there is none. */
export function concede(
  code: string | undefined,
  appraisal: SgxAppraisal,
  at: Date,
  now: Concessions,
): Concession | undefined {
  if (code === 'collateral-expired' && now.staleGraceSeconds === 0) {
    const staleGraceSeconds = secondsPastUpdate(appraisal, at);
    const days = Math.ceil(staleGraceSeconds / 86_400);
    return {
      permitted: { ...now, staleGraceSeconds },
      option: '--allow-expired-collateral',
      words: `permits collateral up to ${days} days past its next update (endorsements.intel.staleGraceSeconds)`,
    };
  }
  if (code === 'baseline-tcb-status' && !now.tcbStatuses.includes(appraisal.tcbStatus)) {
    return {
      permitted: { ...now, tcbStatuses: [...now.tcbStatuses, appraisal.tcbStatus] },
      option: `--accept-tcb-status ${appraisal.tcbStatus}`,
      words: `accepts platforms with TCB status ${appraisal.tcbStatus} (provider.baseline.sgx.acceptedStatuses)`,
    };
  }
  return undefined;
}
