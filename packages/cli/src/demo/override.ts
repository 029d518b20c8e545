/** Finds the setting with which an operator could accept refused evidence: only old collateral and TCB statuses are configurable. */
import type { SgxAppraisal } from '@atesto/evidence/advanced';
import type { Overrides } from './demo-services.ts';

/** Settings that accept what the default refuses. */
export interface SuggestedOverride {
  readonly overrides: Overrides;
  /** The option of `atesto demo` that applies it from the start. */
  readonly option: string;
  /** A predicate of which the operator is the subject. */
  readonly description: string;
}

/** Seconds by which the oldest part of the collateral is past its next update. */
export function secondsPastUpdate({ collateral }: SgxAppraisal, at: Date): number {
  const nextUpdates = collateral.expired.map((part) => collateral.dates[part].nextUpdate);
  return Math.max(0, ...nextUpdates.map((nextUpdate) => Math.ceil((at.getTime() - nextUpdate) / 1000)));
}

/** The override for a refusal code; undefined when there is none. */
export function suggestOverride(
  code: string | undefined,
  appraisal: SgxAppraisal,
  at: Date,
  now: Overrides,
): SuggestedOverride | undefined {
  if (code === 'collateral-expired' && now.staleGraceSeconds === 0) {
    const staleGraceSeconds = secondsPastUpdate(appraisal, at);
    const days = Math.ceil(staleGraceSeconds / 86_400);
    return {
      overrides: { ...now, staleGraceSeconds },
      option: '--allow-expired-collateral',
      description: `permits collateral up to ${days} days past its next update (endorsements.intel.staleGraceSeconds)`,
    };
  }
  if (code === 'baseline-tcb-status' && !now.tcbStatuses.includes(appraisal.tcbStatus)) {
    return {
      overrides: { ...now, tcbStatuses: [...now.tcbStatuses, appraisal.tcbStatus] },
      option: `--accept-tcb-status ${appraisal.tcbStatus}`,
      description: `accepts platforms with TCB status ${appraisal.tcbStatus} (provider.baseline.sgx.acceptedStatuses)`,
    };
  }
  return undefined;
}
