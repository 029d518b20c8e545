/** Checks a genuine Intel platform against the TCB baseline of a provider. */
import { checkTime, settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { IntelCollateralPart, TcbStatus } from './collateral.ts';
import type { IntelPlatformAppraisal } from './platform-appraisal.ts';

/** What a provider demands of Intel platforms, SGX and TDX alike. */
export interface TcbBaseline {
  /** Statuses that are good enough. `Revoked` is refused before any baseline. */
  readonly acceptedTcbStatuses: readonly TcbStatus[];
  /** Greatest age of the issue date of any part of the collateral, in seconds; `any` does not limit it. */
  readonly maximumCollateralAgeSeconds: number | 'any';
  /** Least TCB evaluation data number of TCB info and QE identity; 0 accepts any. */
  readonly minimumTcbEvaluationDataNumber: number;
  /** `forbid` refuses debug enclaves and domains; `policy` leaves them to the attestation policy. */
  readonly debug: 'policy' | 'forbid';
}

/** Azure Attestation's: what is vulnerable only by configuration or software is accepted. */
export const defaultTcbBaseline: TcbBaseline = {
  acceptedTcbStatuses: ['UpToDate', 'SWHardeningNeeded', 'ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded'],
  maximumCollateralAgeSeconds: 'any',
  minimumTcbEvaluationDataNumber: 0,
  debug: 'policy',
};

const advisories = (ids: readonly string[]): string => (ids.length === 0 ? '' : ` Advisories: ${ids.join(', ')}.`);

function checkStatus(appraisal: IntelPlatformAppraisal, baseline: TcbBaseline): void {
  if (baseline.acceptedTcbStatuses.includes(appraisal.tcbStatus)) return;
  const lacking = appraisal.shortfalls.map(
    ({ component, have, need }) => `${component} is ${have}, needs ${need} (${need - have} short)`,
  );
  const missing = lacking.length === 0 ? '' : ` Short of the latest level: ${lacking.join('; ')}.`;
  const qe =
    appraisal.qeTcbStatus === 'UpToDate'
      ? ''
      : ` The quoting enclave (ISVSVN ${appraisal.qeIsvSvn}) is ${appraisal.qeTcbStatus}.`;
  refuse(
    'baseline-tcb-status',
    'TCB',
    `TCB status ${appraisal.tcbStatus} is not accepted (accepted: ${baseline.acceptedTcbStatuses.join(', ')}).${missing}${qe}${advisories(appraisal.advisoryIds)}`,
  );
}

function checkAge(appraisal: IntelPlatformAppraisal, baseline: TcbBaseline, at: Date): void {
  const maximum = baseline.maximumCollateralAgeSeconds;
  if (maximum === 'any') return;
  const parts = Object.keys(appraisal.collateral.dates) as IntelCollateralPart[];
  for (const part of parts) {
    const ageSeconds = (at.getTime() - appraisal.collateral.dates[part].issued) / 1000;
    if (!(ageSeconds <= maximum)) {
      refuse(
        'baseline-collateral-age',
        part,
        `the ${part} is ${Math.floor(ageSeconds)} seconds old, at most ${maximum} are accepted`,
      );
    }
  }
}

function checkEvaluationNumber(appraisal: IntelPlatformAppraisal, baseline: TcbBaseline): void {
  const number = appraisal.collateral.tcbEvaluationDataNumber;
  const minimum = baseline.minimumTcbEvaluationDataNumber;
  if (number < minimum) {
    refuse('baseline-evaluation-number', 'tcb_info', `TCB evaluation data number ${number} is below ${minimum}`);
  }
}

/** Checks an appraisal against a provider's baseline at a time. */
export function checkTcbBaseline<Appraisal extends IntelPlatformAppraisal & { readonly debug: boolean }>(
  appraisal: Appraisal,
  baseline: TcbBaseline,
  at: Date,
): Outcome<Appraisal> {
  checkTime(at, 'at');
  return settle(() => {
    checkStatus(appraisal, baseline);
    checkAge(appraisal, baseline, at);
    checkEvaluationNumber(appraisal, baseline);
    if (baseline.debug === 'forbid' && appraisal.debug) {
      refuse('baseline-debug', 'attributes', 'the enclave or domain can be debugged, which the baseline forbids');
    }
    return appraisal;
  });
}
