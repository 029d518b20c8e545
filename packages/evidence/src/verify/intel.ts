/** What verifications of SGX and TDX evidence share: collateral, baseline and their safe defaults. */
import { ConfigurationError, checkOptions, unwrap } from '@atesto/core';
import { checkTcbBaseline, type TcbBaseline } from '../intel/baseline.ts';
import {
  checkIntelCollateral,
  type IntelCollateral,
  intelCollateralNames,
  type TcbStatus,
  tcbStatuses,
} from '../intel/collateral.ts';
import type { IntelPlatformAppraisal } from '../intel/platform-appraisal.ts';
import { VerifiedIntelCollateral, verifyIntelCollateral } from '../intel/verified-collateral.ts';
import { checkTrustAnchors, type VerificationOptions } from '../trust-anchors.ts';
import {
  type BoundOptions,
  type CommonOptions,
  checkCommonOptions,
  checkCount,
  checkNoTrustAnchors,
} from './options.ts';

/** What is demanded of Intel platforms. */
export interface IntelBaseline {
  /** TCB statuses that are good enough. Default: `UpToDate` alone. */
  readonly acceptedTcbStatuses?: readonly TcbStatus[];
  /** Greatest age of the issue date of any part of the collateral. Default: no limit but its own next update. */
  readonly maximumCollateralAgeSeconds?: number;
  /** Least TCB evaluation data number of TCB info and QE identity. Default: 0. */
  readonly minimumTcbEvaluationDataNumber?: number;
}

/** Intel's endorsements: as they came, or verified before by `verifyIntelCollateral`, which serves many verifications. */
export type IntelCollateralOption = IntelCollateral | VerifiedIntelCollateral;

/** What is decided for SGX and TDX evidence. */
export interface IntelOptions extends BoundOptions {
  readonly collateral: IntelCollateralOption;
  /** Default: `UpToDate` platforms alone. */
  readonly baseline?: IntelBaseline;
}

/** Throws `ConfigurationError` for misuse. */
export function checkIntelOptions(options: IntelOptions): void {
  const names = {
    collateral: true,
    at: true,
    baseline: true,
    debug: true,
    runtimeData: true,
    trustAnchors: true,
  } as const;
  checkOptions<IntelOptions>(options, names, 'options');
  checkCommonOptions(options);
  checkIntelCollateralOption(options.collateral, options, 'options.collateral');
  checkIntelBaseline(options.baseline, 'options.baseline');
}

/** Throws `ConfigurationError` for what is no collateral, and for roots beside verified collateral. */
export function checkIntelCollateralOption(
  collateral: IntelCollateralOption,
  options: VerificationOptions,
  option: string,
): void {
  if (collateral === undefined) throw new ConfigurationError(option, "Intel's collateral", 'option-missing');
  checkTrustAnchors(options.trustAnchors, 'options.trustAnchors');
  if (VerifiedIntelCollateral.is(collateral)) {
    checkNoTrustAnchors(options);
    return;
  }
  checkOptions(collateral, intelCollateralNames, option);
  checkIntelCollateral(collateral, option);
}

/** Throws `ConfigurationError` for a baseline that says nothing, or nothing that exists. */
export function checkIntelBaseline(baseline: IntelBaseline | undefined, option: string): void {
  if (baseline === undefined) return;
  const names = {
    acceptedTcbStatuses: true,
    maximumCollateralAgeSeconds: true,
    minimumTcbEvaluationDataNumber: true,
  } as const;
  checkOptions<IntelBaseline>(baseline, names, option);
  const { acceptedTcbStatuses, maximumCollateralAgeSeconds, minimumTcbEvaluationDataNumber } = baseline;
  if (acceptedTcbStatuses !== undefined) checkStatuses(acceptedTcbStatuses, `${option}.acceptedTcbStatuses`);
  checkCount(maximumCollateralAgeSeconds, `${option}.maximumCollateralAgeSeconds`);
  checkCount(minimumTcbEvaluationDataNumber, `${option}.minimumTcbEvaluationDataNumber`);
}

function checkStatuses(statuses: readonly TcbStatus[], option: string): void {
  const known = tcbStatuses.filter((status) => status !== 'Revoked');
  if (!Array.isArray(statuses) || statuses.length === 0 || !statuses.every((status) => known.includes(status))) {
    throw new ConfigurationError(option, `some of ${known.join(', ')}`);
  }
}

/** The collateral, verified unless it is already. Refuses by throwing within this package. */
export function verifiedIntel(
  collateral: IntelCollateralOption,
  { trustAnchors }: VerificationOptions,
): VerifiedIntelCollateral {
  if (VerifiedIntelCollateral.is(collateral)) return collateral;
  return unwrap(verifyIntelCollateral(collateral, trustAnchors === undefined ? {} : { trustAnchors }));
}

/** Holds a platform against the baseline. Refuses by throwing within this package. */
export function demandIntelBaseline(
  appraisal: IntelPlatformAppraisal & { readonly debug: boolean },
  baseline: IntelBaseline = {},
  { at, debug = false }: CommonOptions,
): void {
  const demanded: TcbBaseline = {
    acceptedTcbStatuses: baseline.acceptedTcbStatuses ?? ['UpToDate'],
    maximumCollateralAgeSeconds: baseline.maximumCollateralAgeSeconds ?? 'any',
    minimumTcbEvaluationDataNumber: baseline.minimumTcbEvaluationDataNumber ?? 0,
    debug: debug === false ? 'forbid' : 'policy',
  };
  unwrap(checkTcbBaseline(appraisal, demanded, at));
}
