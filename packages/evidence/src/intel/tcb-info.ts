/** Which TCB levels Intel knows for a platform family. Source: Intel PCS v4, "Get TCB info", model TcbInfoV3 (and V2 of PCS v3). */
import { JsonMembers } from '@atesto/core';
import { refuse } from '../outcome.ts';
import { type ModuleTcbLevel, parseLevelStatus, parseModuleTcbLevels, type TcbLevelStatus } from './tcb-level.ts';

/** One security version of a component, with the name that version 3 may give it. */
export interface TcbComponent {
  readonly svn: number;
  /** Like `BIOS: Early Microcode Update`; empty when the file gives none. */
  readonly name: string;
}

/** One TCB level of a platform family. */
export interface PlatformTcbLevel extends TcbLevelStatus {
  /** 16 components. */
  readonly sgxComponents: readonly TcbComponent[];
  readonly pceSvn: number;
  /** 16 components, TDX only. */
  readonly tdxComponents: readonly TcbComponent[] | undefined;
}

/** The identity of a TDX module: hex, lower case. */
export interface TdxModuleIdentity {
  /** `TDX_01`; empty for the module of version 0, which has no levels of its own. */
  readonly id: string;
  readonly mrSigner: string;
  readonly attributes: string;
  readonly attributesMask: string;
  /** Highest first. */
  readonly tcbLevels: readonly ModuleTcbLevel[];
}

/** A parsed TCB info: Intel's TCB levels of one platform family. */
export interface TcbInfo {
  readonly id: 'SGX' | 'TDX';
  readonly version: 2 | 3;
  /** Milliseconds since 1970. */
  readonly issueDate: number;
  readonly nextUpdate: number;
  /** Hex, lower case. */
  readonly fmspc: string;
  readonly pceId: string;
  readonly tcbEvaluationDataNumber: number;
  readonly tdxModule: TdxModuleIdentity | undefined;
  readonly tdxModuleIdentities: readonly TdxModuleIdentity[];
  /** Highest first. */
  readonly tcbLevels: readonly PlatformTcbLevel[];
}

const componentCount = 16;

function parseComponents(tcb: JsonMembers, name: string): TcbComponent[] {
  const components = tcb.objects(name, componentCount).map((component) => {
    const labels = ['category', 'type'].filter((label) => component.has(label)).map((label) => component.string(label));
    return { svn: component.integer('svn', 255), name: labels.join(': ') };
  });
  if (components.length !== componentCount) {
    refuse('collateral-malformed', `${tcb.path}.${name}`, `${componentCount} components are needed`);
  }
  return components;
}

/** Version 2 names the components one by one: sgxtcbcomp01svn … sgxtcbcomp16svn. */
function parseNumberedComponents(tcb: JsonMembers): TcbComponent[] {
  return Array.from({ length: componentCount }, (_, index) => ({
    svn: tcb.integer(`sgxtcbcomp${String(index + 1).padStart(2, '0')}svn`, 255),
    name: '',
  }));
}

function parseLevel(level: JsonMembers, id: 'SGX' | 'TDX', version: 2 | 3): PlatformTcbLevel {
  const tcb = level.object('tcb');
  return {
    sgxComponents: version === 3 ? parseComponents(tcb, 'sgxtcbcomponents') : parseNumberedComponents(tcb),
    pceSvn: tcb.integer('pcesvn', 65535),
    tdxComponents: id === 'TDX' ? parseComponents(tcb, 'tdxtcbcomponents') : undefined,
    ...parseLevelStatus(level),
  };
}

function parseModule(module: JsonMembers): TdxModuleIdentity {
  return {
    id: module.has('id') ? module.string('id') : '',
    mrSigner: module.hex('mrsigner', 48),
    attributes: module.hex('attributes', 8),
    attributesMask: module.hex('attributesMask', 8),
    tcbLevels: module.has('tcbLevels') ? parseModuleTcbLevels(module) : [],
  };
}

/** Highest first: by components in order, then PCE SVN. */
function compareLevels(a: PlatformTcbLevel, b: PlatformTcbLevel): number {
  const versions = (level: PlatformTcbLevel): number[] => [
    ...level.sgxComponents.map(({ svn }) => svn),
    level.pceSvn,
    ...(level.tdxComponents ?? []).map(({ svn }) => svn),
  ];
  const [left, right] = [versions(a), versions(b)];
  const index = left.findIndex((svn, position) => svn !== right[position]);
  return index < 0 ? 0 : (right[index] ?? 0) - (left[index] ?? 0);
}

/** Highest first. A level that is there twice is refused, as Intel's library does: readers would differ in which of two they believe. */
function parseLevels(body: JsonMembers, id: 'SGX' | 'TDX', version: 2 | 3): PlatformTcbLevel[] {
  const parsed = body.objects('tcbLevels', 256).map((level) => parseLevel(level, id, version));
  const levels = parsed.sort(compareLevels);
  const isTwice = levels.some((level, index) => {
    const next = levels[index + 1];
    return next !== undefined && compareLevels(level, next) === 0;
  });
  return isTwice ? refuse('collateral-malformed', `${body.path}.tcbLevels`, 'a level is there twice') : levels;
}

function parseVersion(body: JsonMembers): { id: 'SGX' | 'TDX'; version: 2 | 3 } {
  const version = body.integer('version', 65535);
  if (version !== 2 && version !== 3) {
    return refuse('collateral-version', `${body.path}.version`, `TCB info version ${version} is not 2 or 3`);
  }
  // Version 2 came before TDX and has no id.
  const id = version === 2 ? 'SGX' : body.string('id');
  if (id !== 'SGX' && id !== 'TDX')
    return refuse('collateral-kind', `${body.path}.id`, `id ${JSON.stringify(id)} is not known`);
  return { id, version };
}

/** Parses the body of a TCB info whose signature was verified. */
export function parseTcbInfo(bytes: Uint8Array): TcbInfo {
  const body = JsonMembers.parse(bytes, 'tcb_info', 'collateral-malformed');
  const { id, version } = parseVersion(body);
  const tcbType = body.integer('tcbType', 65535);
  if (tcbType !== 0) refuse('collateral-malformed', 'tcb_info.tcbType', `TCB type ${tcbType} is not 0`);
  return {
    id,
    version,
    issueDate: body.time('issueDate'),
    nextUpdate: body.time('nextUpdate'),
    fmspc: body.hex('fmspc', 6),
    pceId: body.hex('pceId', 2),
    tcbEvaluationDataNumber: body.integer('tcbEvaluationDataNumber', 0xffffffff),
    tdxModule: id === 'TDX' ? parseModule(body.object('tdxModule')) : undefined,
    tdxModuleIdentities:
      id === 'TDX' && body.has('tdxModuleIdentities') ? body.objects('tdxModuleIdentities', 64).map(parseModule) : [],
    tcbLevels: parseLevels(body, id, version),
  };
}
