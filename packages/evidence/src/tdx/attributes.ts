/**
 * What the attributes and extended features (XFAM) of a trust domain mean, bit by bit.
 * Sources: Intel TDX Module ABI Reference (348551), table "TD Attributes"; Intel TDX Module Base Architecture (348549), "XFAM".
 *
 * | field | defined | may be set, means nothing (RESERVED_P) | refused |
 * | --- | --- | --- | --- |
 * | ATTRIBUTES 0-7, TD under debug | 0 DEBUG, 4 HGS_PLUS_PROF, 5 PERF_PROF, 6 PMT_PROF | | 1-3, 7 |
 * | ATTRIBUTES 8-31, security | 16 ICSSD, 17 SERVTD_EXT, 27 LASS, 28 SEPT_VE_DISABLE, 29 MIGRATABLE, 30 PKS, 31 KL | 18-22 | 8-15, 23-26 |
 * | ATTRIBUTES 32-63, other | 62 TPA, 63 PERFMON | | 32-61 |
 * | XFAM | 0-1 x87 and SSE (always), 2 AVX, 5-7 AVX-512, 8 PT, 9 PKU, 11-12 CET, 14 UINTR, 15 LBR, 17-18 AMX, 19 APX | | all others |
 */
import { refuse } from '../outcome.ts';
import type { TdxCode } from './codes.ts';

/** The attributes of a trust domain. */
export interface TdAttributes {
  /** The defined bits that are set, by the names of the specification, ascending. */
  readonly attributeNames: readonly TdAttributeName[];
  /**
   * The domain is under debug: its host can read its memory (DEBUG), or profile it (HGS_PLUS_PROF, PERF_PROF, PMT_PROF). The specification
   * takes a domain with any bit of this group for untrusted.
   */
  readonly debug: boolean;
  /** Bit 28: the domain cannot be interrupted by virtualization exceptions of the secure page tables. */
  readonly septVeDisable: boolean;
  /** Bit 29: its memory can be exported, under a key that a service domain of the host's choice keeps. */
  readonly migratable: boolean;
  /** Bit 30. */
  readonly protectionKeys: boolean;
  /** Bit 31. */
  readonly keyLocker: boolean;
  /** Bit 63. */
  readonly perfmon: boolean;
}

const attributes = [
  ['DEBUG', 0],
  ['HGS_PLUS_PROF', 4],
  ['PERF_PROF', 5],
  ['PMT_PROF', 6],
  ['ICSSD', 16],
  ['SERVTD_EXT', 17],
  ['LASS', 27],
  ['SEPT_VE_DISABLE', 28],
  ['MIGRATABLE', 29],
  ['PKS', 30],
  ['KL', 31],
  ['TPA', 62],
  ['PERFMON', 63],
] as const;
/** The name of a TD attribute. */
export type TdAttributeName = (typeof attributes)[number][0];
const ignorableBits = [18, 19, 20, 21, 22];
const maskOf = (bits: readonly number[]): bigint => bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);
const allowedAttributes = maskOf([...attributes.map(([, bit]) => bit), ...ignorableBits]);
const underDebug = maskOf([0, 1, 2, 3, 4, 5, 6, 7]);

const certainFeatures = maskOf([0, 1]);
const possibleFeatures = maskOf([0, 1, 2, 5, 6, 7, 8, 9, 11, 12, 14, 15, 17, 18, 19]);

function littleEndian(bytes: Uint8Array): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
}

function refuseBits(code: TdxCode, where: string, why: string): never {
  refuse(code, where, why);
}

/** Reads ATTRIBUTES. @param bytes 8 bytes, little-endian */
export function parseTdAttributes(bytes: Uint8Array, where: string): TdAttributes {
  const value = littleEndian(bytes);
  if ((value & ~allowedAttributes) !== 0n) {
    refuseBits('tdx-attributes', where, `attributes ${value.toString(16)}h have reserved bits set`);
  }
  const attributeNames = attributes.filter(([, bit]) => (value & maskOf([bit])) !== 0n).map(([name]) => name);
  const has = (name: TdAttributeName): boolean => attributeNames.includes(name);
  return {
    attributeNames,
    debug: (value & underDebug) !== 0n,
    septVeDisable: has('SEPT_VE_DISABLE'),
    migratable: has('MIGRATABLE'),
    protectionKeys: has('PKS'),
    keyLocker: has('KL'),
    perfmon: has('PERFMON'),
  };
}

/** Checks that XFAM is one that a domain can have. @param bytes 8 bytes, little-endian */
export function checkXfam(bytes: Uint8Array, where: string): void {
  const value = littleEndian(bytes);
  if ((value & ~possibleFeatures) !== 0n) {
    refuseBits('tdx-xfam', where, `XFAM ${value.toString(16)}h has reserved bits set`);
  }
  if ((value & certainFeatures) !== certainFeatures) {
    refuseBits('tdx-xfam', where, `XFAM ${value.toString(16)}h lacks x87 or SSE`);
  }
}
