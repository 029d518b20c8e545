/** TCB levels and how their statuses combine. Source: Intel, "TCB info" and "enclave identity" models of PCS v4. */
import { refuse } from '../bytes/refusal.ts';
import { type TcbStatus, tcbStatuses } from './collateral.ts';
import type { JsonObject } from './json.ts';

/** What any kind of level says. */
export interface TcbLevelStatus {
  readonly status: TcbStatus;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly advisoryIds: readonly string[];
}

/** A level that is decided by one security version: of an enclave's identity or a TDX module's. */
export interface IsvTcbLevel extends TcbLevelStatus {
  readonly isvSvn: number;
}

/** The statuses that Intel publishes in levels; relaunch advice is derived, never published. */
const publishedStatuses: readonly TcbStatus[] = tcbStatuses.filter((status) => !status.startsWith('TDRelaunch'));

/** Reads the members that every level has. */
export function parseLevelStatus(level: JsonObject): TcbLevelStatus {
  const text = level.string('tcbStatus');
  const status = publishedStatuses.find((known) => known === text);
  if (status === undefined) {
    return refuse('collateral-malformed', `${level.path}.tcbStatus`, `status ${JSON.stringify(text)} is not known`);
  }
  return {
    status,
    date: level.time('tcbDate'),
    advisoryIds: level.has('advisoryIDs') ? level.strings('advisoryIDs', 256) : [],
  };
}

/** The statuses of enclaves and modules. Others would not change the platform's. */
const isvStatuses: readonly TcbStatus[] = ['UpToDate', 'OutOfDate', 'Revoked'];

/** Reads levels of one security version, sorted highest first: their order in the file is not trusted. */
export function parseIsvTcbLevels(owner: JsonObject): IsvTcbLevel[] {
  const levels = owner
    .objects('tcbLevels', 256)
    .map((level) => ({ isvSvn: level.object('tcb').integer('isvsvn', 65535), ...parseLevelStatus(level) }));
  const odd = levels.find(({ status }) => !isvStatuses.includes(status));
  if (odd !== undefined) {
    refuse('collateral-malformed', `${owner.path}.tcbLevels`, `enclaves and modules have no status ${odd.status}`);
  }
  return levels.sort((a, b) => b.isvSvn - a.isvSvn);
}

/** The first level, highest first, that the security version reaches. */
export function findIsvTcbLevel(levels: readonly IsvTcbLevel[], isvSvn: number): IsvTcbLevel | undefined {
  return levels.find((level) => level.isvSvn <= isvSvn);
}

/** The status of a platform one of whose parts (TDX module or quoting enclave) has a status of its own. */
export function converge(platform: TcbStatus, part: TcbStatus): TcbStatus {
  if (platform === 'Revoked' || part === 'Revoked') return 'Revoked';
  if (part !== 'OutOfDate') return platform;
  switch (platform) {
    case 'UpToDate':
    case 'SWHardeningNeeded':
    case 'TDRelaunchAdvised':
      return 'OutOfDate';
    case 'ConfigurationNeeded':
    case 'ConfigurationAndSWHardeningNeeded':
    case 'TDRelaunchAdvisedConfigurationNeeded':
      return 'OutOfDateConfigurationNeeded';
    default:
      return platform;
  }
}

/** The union, in order of first occurrence. */
export function uniteAdvisories(...lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
