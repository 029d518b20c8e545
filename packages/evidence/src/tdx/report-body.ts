/**
 * The body of a TD report in a quote. Source: Intel TDX DCAP Quoting Library API, appendix "TD Quote Body", versions 1.0 and 1.5.
 */
import { Reader } from '../bytes/reader.ts';
import { refuse } from '../bytes/refusal.ts';
import type { QuoteBodyType } from '../intel/quote.ts';
import type { TdxCode } from './codes.ts';

/** The fields of one TD report body. Byte fields are views. */
export interface TdReportBody {
  readonly version: '1.0' | '1.5';
  /** 16 bytes: SVN of the module, version of the module, then platform components. */
  readonly teeTcbSvn: Uint8Array;
  /** 48 bytes. */
  readonly mrSeam: Uint8Array;
  /** 48 bytes. */
  readonly mrSignerSeam: Uint8Array;
  /** 8 bytes. */
  readonly seamAttributes: Uint8Array;
  /** 8 bytes, little-endian. */
  readonly tdAttributes: Uint8Array;
  /** Attribute bit 0. */
  readonly debug: boolean;
  /** Attribute bit 28: the domain cannot be interrupted by virtualization exceptions of the secure page tables. */
  readonly septVeDisable: boolean;
  /** Attribute bit 29: its memory can be exported, under a key that a service domain of the host's choice keeps. */
  readonly migratable: boolean;
  /** Attribute bit 30. */
  readonly protectionKeys: boolean;
  /** Attribute bit 31. */
  readonly keyLocker: boolean;
  /** Attribute bit 63. */
  readonly perfmon: boolean;
  /** 8 bytes. */
  readonly xfam: Uint8Array;
  /** 48 bytes each. */
  readonly mrTd: Uint8Array;
  readonly mrConfigId: Uint8Array;
  readonly mrOwner: Uint8Array;
  readonly mrOwnerConfig: Uint8Array;
  readonly rtmrs: readonly [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  /** 64 bytes. */
  readonly reportData: Uint8Array;
  /** 16 bytes, version 1.5: what the module would have after a relaunch. */
  readonly teeTcbSvn2: Uint8Array | undefined;
  /** 48 bytes, version 1.5. */
  readonly mrServiceTd: Uint8Array | undefined;
}

/**
 * Attribute bits that mean something: 0-7 are the debug group, of which bit 0 alone is defined; the others above.
 * Source: Intel TDX module ABI, ATTRIBUTES. Bits 29 (MIGRATABLE) and 27 (LASS) are defined by module 1.5.
 */
const definedAttributes = [0n, 27n, 28n, 29n, 30n, 31n, 63n].reduce((mask, bit) => mask | (1n << bit), 0n);

function parseAttributes(bytes: Uint8Array, where: string) {
  const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const bit = (position: bigint): boolean => ((value >> position) & 1n) === 1n;
  const code: TdxCode = 'tdx-attributes';
  if ((value & ~definedAttributes) !== 0n)
    refuse(code, where, `attributes ${value.toString(16)}h have reserved bits set`);
  return {
    debug: bit(0n),
    septVeDisable: bit(28n),
    migratable: bit(29n),
    protectionKeys: bit(30n),
    keyLocker: bit(31n),
    perfmon: bit(63n),
  };
}

/**
 * Features that a domain may have, and those that each has (x87 and SSE).
 * Source: Intel TDX module base architecture, XFAM; the masks are those of module 1.5 (XFAM_FIXED0, XFAM_FIXED1).
 */
const possibleFeatures = 0x6dbe7n;
const certainFeatures = 0x3n;

function parseXfam(reader: Reader): Uint8Array {
  const where = reader.where();
  const bytes = reader.bytes(8, 'XFAM');
  const value = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const code: TdxCode = 'tdx-xfam';
  if ((value & ~possibleFeatures) !== 0n) refuse(code, where, `XFAM ${value.toString(16)}h has reserved bits set`);
  if ((value & certainFeatures) !== certainFeatures)
    refuse(code, where, `XFAM ${value.toString(16)}h lacks x87 or SSE`);
  return bytes;
}

/** Parses the 584 or 648 bytes of a body. */
export function parseTdReportBody(bytes: Uint8Array, bodyType: QuoteBodyType): TdReportBody {
  const reader = new Reader(bytes, 'quote body');
  const measurement = (field: string): Uint8Array => reader.bytes(48, field);
  const teeTcbSvn = reader.bytes(16, 'TEE_TCB_SVN');
  const mrSeam = measurement('MRSEAM');
  const mrSignerSeam = measurement('MRSIGNERSEAM');
  const seamAttributes = reader.bytes(8, 'SEAMATTRIBUTES');
  const where = reader.where();
  const tdAttributes = reader.bytes(8, 'TDATTRIBUTES');
  const attributes = parseAttributes(tdAttributes, where);
  const body = {
    teeTcbSvn,
    mrSeam,
    mrSignerSeam,
    seamAttributes,
    tdAttributes,
    ...attributes,
    xfam: parseXfam(reader),
    mrTd: measurement('MRTD'),
    mrConfigId: measurement('MRCONFIGID'),
    mrOwner: measurement('MROWNER'),
    mrOwnerConfig: measurement('MROWNERCONFIG'),
    rtmrs: [measurement('RTMR0'), measurement('RTMR1'), measurement('RTMR2'), measurement('RTMR3')] as const,
    reportData: reader.bytes(64, 'REPORTDATA'),
  };
  const isLater = bodyType === 'td15';
  const later = {
    teeTcbSvn2: isLater ? reader.bytes(16, 'TEE_TCB_SVN_2') : undefined,
    mrServiceTd: isLater ? measurement('MRSERVICETD') : undefined,
  };
  reader.end('TD report body');
  return { version: isLater ? '1.5' : '1.0', ...body, ...later };
}
