/**
 * Checks whether a relaunch alone would bring a trust domain up to date. A domain keeps the module versions with which it was launched; TEE_TCB_SVN_2
 * of layout 1.5 says what its machine has now. Source: Intel SGX/TDX DCAP Quote Verification, TD relaunch check.
 */

import type { PlatformStatuses } from '../intel/appraise-tcb.ts';
import type { TcbStatus } from '../intel/collateral.ts';
import type { TcbInfo, TdxModuleIdentity } from '../intel/tcb-info.ts';
import type { TcbLevelStatus } from '../intel/tcb-level.ts';
import { refuse } from '../outcome.ts';
import type { TdxCode } from './codes.ts';
import type { TdReportBody } from './report-body.ts';

/** Statuses of the SGX components with which nothing but the TDX part keeps a domain out of date. */
const sgxIsFine: readonly TcbStatus[] = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
];
const needsConfiguration: readonly TcbStatus[] = [
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDateConfigurationNeeded',
];

/**
 * The status that advises a relaunch; undefined when a relaunch would not help.
 * @param converged the platform's status after its module was considered
 * @param moduleLevel of the module with which the domain was launched
 * @param identityOf refuses a module version that the TCB info does not know
 */
export function relaunchAdvice(
  body: TdReportBody,
  converged: TcbStatus,
  { sgx, qe }: PlatformStatuses,
  moduleLevel: TcbLevelStatus,
  tcbInfo: TcbInfo,
  identityOf: (version: number) => TdxModuleIdentity,
): TcbStatus | undefined {
  const { teeTcbSvn2 } = body;
  if (teeTcbSvn2 === undefined || qe === 'OutOfDate' || !sgxIsFine.includes(sgx)) return undefined;
  if (moduleLevel.status !== 'OutOfDate') return undefined;
  if (converged !== 'OutOfDate' && converged !== 'OutOfDateConfigurationNeeded') return undefined;
  if (!reachesLatest(teeTcbSvn2, tcbInfo, identityOf)) return undefined;
  return [sgx, converged].some((status) => needsConfiguration.includes(status))
    ? 'TDRelaunchAdvisedConfigurationNeeded'
    : 'TDRelaunchAdvised';
}

/** Whether the machine has the latest module of its version and the latest microcode component (index 2). */
function reachesLatest(
  svns: Uint8Array,
  tcbInfo: TcbInfo,
  identityOf: (version: number) => TdxModuleIdentity,
): boolean {
  const [isvSvn = 0, version = 0, microcode = 0] = svns;
  const latest = tcbInfo.tcbLevels[0]?.tdxComponents;
  const needed = version === 0 ? latest?.[0]?.svn : latestLevelOf(identityOf(version));
  const microcodeNeeded = latest?.[2]?.svn;
  if (needed === undefined || microcodeNeeded === undefined) return false;
  return isvSvn >= needed && microcode >= microcodeNeeded;
}

function latestLevelOf(identity: TdxModuleIdentity): number {
  const code: TdxCode = 'tdx-module-level-not-found';
  const [latest] = identity.tcbLevels;
  return latest?.isvSvn ?? refuse(code, 'tcb_info', `the identity ${identity.id} has no TCB levels`);
}
