/** TCB levels and how their statuses combine. Source: Intel, "TCB info" and "enclave identity" models of PCS v4. */
import type { JsonMembers } from '@atesto/core';
import { refuse } from '../outcome.ts';
import { type TcbStatus, tcbStatuses } from './collateral.ts';

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
export function parseLevelStatus(level: JsonMembers): TcbLevelStatus {
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

/** A level of a TDX module as it is written: its status is judged when it is the one that a module reaches. */
export interface ModuleTcbLevel {
  readonly isvSvn: number;
  readonly tcbStatus: string;
  readonly date: number;
  readonly advisoryIds: readonly string[];
  /** For refusals. */
  readonly path: string;
}

function parseIsvLevels(owner: JsonMembers): ModuleTcbLevel[] {
  return owner.objects('tcbLevels', 256).map((level) => ({
    isvSvn: level.object('tcb').integer('isvsvn', 65535),
    tcbStatus: level.string('tcbStatus'),
    date: level.time('tcbDate'),
    advisoryIds: level.has('advisoryIDs') ? level.strings('advisoryIDs', 256) : [],
    path: level.path,
  }));
}

function withStatus(
  { path, tcbStatus, ...level }: ModuleTcbLevel,
  statuses: ReadonlyMap<string, TcbStatus>,
): IsvTcbLevel {
  const status = statuses.get(tcbStatus);
  if (status !== undefined) return { ...level, status };
  return refuse('collateral-malformed', `${path}.tcbStatus`, `status ${JSON.stringify(tcbStatus)} is not known here`);
}

/**
 * The statuses of a quoting enclave's levels, and what each comes to: a quoting enclave has no configuration, so that all but two are OutOfDate.
 * Source: Intel's quote verification library.
 */
const qeStatuses: ReadonlyMap<string, TcbStatus> = new Map([
  ['UpToDate', 'UpToDate'],
  ['OutOfDate', 'OutOfDate'],
  ['ConfigurationNeeded', 'OutOfDate'],
  ['OutOfDateConfigurationNeeded', 'OutOfDate'],
  ['Revoked', 'Revoked'],
]);
const moduleStatuses: ReadonlyMap<string, TcbStatus> = new Map([
  ['UpToDate', 'UpToDate'],
  ['OutOfDate', 'OutOfDate'],
  ['Revoked', 'Revoked'],
]);

/** Reads the levels of a quoting enclave, in the order of the file. A status that is not known, in any of them, is refused. */
export function parseQeTcbLevels(owner: JsonMembers): IsvTcbLevel[] {
  return parseIsvLevels(owner).map((level) => withStatus(level, qeStatuses));
}

/** From good to bad. */
const badness: readonly TcbStatus[] = ['UpToDate', 'OutOfDate', 'Revoked'];

/**
 * The first level in the order of the file that the security version reaches, as Intel's library takes it; or the highest one that it reaches, where
 * that is worse: the order of a file is to make nothing better.
 */
export function findQeTcbLevel(levels: readonly IsvTcbLevel[], isvSvn: number): IsvTcbLevel | undefined {
  const reached = levels.filter((level) => level.isvSvn <= isvSvn);
  const [first] = reached;
  const [highest] = reached.toSorted((a, b) => b.isvSvn - a.isvSvn);
  if (first === undefined || highest === undefined) return undefined;
  return badness.indexOf(highest.status) > badness.indexOf(first.status) ? highest : first;
}

/** Reads the levels of a TDX module, sorted highest first. One that is there twice is refused, as Intel's library does. */
export function parseModuleTcbLevels(owner: JsonMembers): ModuleTcbLevel[] {
  const levels = parseIsvLevels(owner).sort((a, b) => b.isvSvn - a.isvSvn);
  const twice = levels.find(({ isvSvn }, index) => isvSvn === levels[index + 1]?.isvSvn);
  if (twice === undefined) return levels;
  return refuse(
    'collateral-malformed',
    `${owner.path}.tcbLevels`,
    `the level of ISVSVN ${twice.isvSvn} is there twice`,
  );
}

/** The first level, highest first, that the security version reaches; refuses it when its status is not one of a module. */
export function findModuleTcbLevel(levels: readonly ModuleTcbLevel[], isvSvn: number): IsvTcbLevel | undefined {
  const level = levels.find((candidate) => candidate.isvSvn <= isvSvn);
  return level === undefined ? undefined : withStatus(level, moduleStatuses);
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
