/** Which TCB level a platform reaches, and what keeps it from the levels above. Source: Intel PCS v4, "Get TCB info", matching steps. */
import type { PckFacts } from './pck.ts';
import type { PlatformTcbLevel, TcbComponent } from './tcb-info.ts';

/** One security version that is too low for a level. */
export interface TcbShortfall {
  /** `sgx 7`, `tdx 2` (components count from 1) or `pcesvn`, with the component's name where Intel gives one. */
  readonly component: string;
  readonly have: number;
  readonly need: number;
}

/** What a platform has: component SVNs as certified, and for TDX those of the TD report. */
export interface PlatformSvns {
  readonly sgx: readonly number[];
  readonly pceSvn: number;
  readonly tdx: readonly number[] | undefined;
}

/** SVNs of an SGX platform. */
export function sgxSvns({ componentSvns, pceSvn }: PckFacts): PlatformSvns {
  return { sgx: componentSvns, pceSvn, tdx: undefined };
}

function componentShortfalls(
  kind: 'sgx' | 'tdx',
  needed: readonly TcbComponent[],
  have: readonly number[],
  first: number,
): TcbShortfall[] {
  return needed.flatMap(({ svn, name }, index) => {
    const mine = have[index] ?? 0;
    if (index < first || mine >= svn) return [];
    return [{ component: `${kind} ${index + 1}${name === '' ? '' : ` (${name})`}`, have: mine, need: svn }];
  });
}

/**
 * From version 1 on a TDX module has levels of its own, so the two TDX components that describe it are not compared here.
 */
function firstTdxComponent(tdx: readonly number[]): number {
  return (tdx[1] ?? 0) > 0 ? 2 : 0;
}

/** What a platform lacks for a level; empty when it reaches the level. */
export function shortfalls(level: PlatformTcbLevel, { sgx, pceSvn, tdx }: PlatformSvns): TcbShortfall[] {
  return [
    ...componentShortfalls('sgx', level.sgxComponents, sgx, 0),
    ...(pceSvn < level.pceSvn ? [{ component: 'pcesvn', have: pceSvn, need: level.pceSvn }] : []),
    ...(tdx === undefined ? [] : componentShortfalls('tdx', level.tdxComponents ?? [], tdx, firstTdxComponent(tdx))),
  ];
}

function reaches(level: PlatformTcbLevel, { sgx, pceSvn, tdx }: PlatformSvns): boolean {
  if (pceSvn < level.pceSvn || level.sgxComponents.some(({ svn }, index) => (sgx[index] ?? 0) < svn)) return false;
  if (tdx === undefined) return true;
  const first = firstTdxComponent(tdx);
  return (level.tdxComponents ?? []).every(({ svn }, index) => index < first || (tdx[index] ?? 0) >= svn);
}

/** The first level, highest first, that the platform reaches. */
export function findPlatformLevel(
  levels: readonly PlatformTcbLevel[],
  svns: PlatformSvns,
): PlatformTcbLevel | undefined {
  return levels.find((level) => reaches(level, svns));
}
