/** TCB info of a simulated platform. Source: Intel PCS v4, models TcbInfoV2 and TcbInfoV3. */
import { type Bytes, bytesOf } from '../bytes/layout.ts';
import { daysFrom } from '../x509/validity.ts';
import { intelTime, type JsonMembers } from './signed-json.ts';

/** One TCB level, before it is written in the form of a version. */
export interface SimulatedTcbLevel {
  /** 16 security versions. */
  readonly sgxComponentSvns: readonly number[];
  /** 16 security versions, TDX only. */
  readonly tdxComponentSvns?: readonly number[];
  readonly pceSvn: number;
  readonly status: string;
  /** Default: two months before the issue date. */
  readonly date?: Date;
  readonly advisoryIds?: readonly string[];
}

/** What the TCB info is about. */
export interface TcbInfoOptions {
  readonly version: 2 | 3;
  readonly id: 'SGX' | 'TDX';
  readonly at: Date;
  readonly fmspc: Bytes;
  readonly pceId: Bytes;
  readonly tcbEvaluationDataNumber: number;
  /** Highest first. */
  readonly levels: readonly SimulatedTcbLevel[];
  /** TDX only. */
  readonly module?: TdxModuleOptions;
}

/** The TDX module that the platform runs. */
export interface TdxModuleOptions {
  /** The module's version, byte 1 of the TEE TCB SVN; 0 has no identity of its own. */
  readonly version: number;
  /** The SVN of the level that it reaches, byte 0 of the TEE TCB SVN. */
  readonly isvSvn: number;
  readonly status: string;
  readonly advisoryIds?: readonly string[];
}

/** The first components as Intel names them. */
const labels = [
  { category: 'BIOS', type: 'Early Microcode Update' },
  { category: 'OS/VMM', type: 'SGX Late Microcode Update' },
  { category: 'OS/VMM', type: 'TXT SINIT' },
  { category: 'BIOS' },
  { category: 'BIOS' },
  { category: 'BIOS' },
];
const tdxLabels = [
  { category: 'OS/VMM', type: 'TDX Module' },
  { category: 'OS/VMM', type: 'TDX Module' },
  { category: 'OS/VMM', type: 'TDX Late Microcode Update' },
];

function componentsV3(level: SimulatedTcbLevel): JsonMembers {
  const tdx = level.tdxComponentSvns?.map((svn, index) => ({ svn, ...tdxLabels[index] }));
  return {
    sgxtcbcomponents: level.sgxComponentSvns.map((svn, index) => ({ svn, ...labels[index] })),
    pcesvn: level.pceSvn,
    tdxtcbcomponents: tdx,
  };
}

function componentsV2(level: SimulatedTcbLevel): JsonMembers {
  const numbered = level.sgxComponentSvns.map((svn, index) => {
    return [`sgxtcbcomp${String(index + 1).padStart(2, '0')}svn`, svn] as const;
  });
  return { ...Object.fromEntries(numbered), pcesvn: level.pceSvn };
}

function levelMembers(level: SimulatedTcbLevel, options: TcbInfoOptions): JsonMembers {
  return {
    tcb: options.version === 2 ? componentsV2(level) : componentsV3(level),
    tcbDate: intelTime(level.date ?? daysFrom(options.at, -60)),
    tcbStatus: level.status,
    advisoryIDs: level.advisoryIds,
  };
}

const moduleIdentity = {
  mrsigner: '00'.repeat(48),
  attributes: '00'.repeat(8),
  attributesMask: 'FF'.repeat(8),
};

function moduleLevels(module: TdxModuleOptions, at: Date): JsonMembers[] {
  const reached = {
    tcb: { isvsvn: module.isvSvn },
    tcbDate: intelTime(daysFrom(at, -60)),
    tcbStatus: module.status,
    advisoryIDs: module.advisoryIds,
  };
  const lowest = { tcb: { isvsvn: 0 }, tcbDate: intelTime(daysFrom(at, -900)), tcbStatus: 'OutOfDate' };
  return [reached, { ...lowest, advisoryIDs: ['INTEL-SA-01036'] }];
}

function moduleMembers({ module, at }: TcbInfoOptions): JsonMembers {
  if (module === undefined) return {};
  const id = `TDX_${module.version.toString(16).padStart(2, '0').toUpperCase()}`;
  const identity = { id, ...moduleIdentity, tcbLevels: moduleLevels(module, at) };
  return { tdxModule: moduleIdentity, tdxModuleIdentities: module.version === 0 ? [] : [identity] };
}

/** The members of a `tcbInfo` object, valid from a day before to 29 days after the time. Version 2 has no `id`. */
export function tcbInfoMembers(options: TcbInfoOptions): JsonMembers {
  return {
    id: options.version === 2 ? undefined : options.id,
    version: options.version,
    issueDate: intelTime(daysFrom(options.at, -1)),
    nextUpdate: intelTime(daysFrom(options.at, 29)),
    fmspc: bytesOf(options.fmspc).toString('hex'),
    pceId: bytesOf(options.pceId).toString('hex'),
    tcbType: 0,
    tcbEvaluationDataNumber: options.tcbEvaluationDataNumber,
    ...moduleMembers(options),
    tcbLevels: options.levels.map((level) => levelMembers(level, options)),
  };
}
