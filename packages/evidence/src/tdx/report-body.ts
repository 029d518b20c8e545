/**
 * The body of a TD report in a quote. Source: Intel TDX DCAP Quoting Library API, appendix "TD Quote Body", versions 1.0 and 1.5.
 */
import { ByteReader } from '@atesto/core';
import type { QuoteBodyType } from '../intel/quote.ts';
import { checkXfam, parseTdAttributes, type TdAttributes } from './attributes.ts';

/** The fields of one TD report body. Byte fields are views. */
export interface TdReportBody extends TdAttributes {
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

/** Parses the 584 or 648 bytes of a body. */
export function parseTdReportBody(bytes: Uint8Array, bodyType: QuoteBodyType): TdReportBody {
  const reader = new ByteReader(bytes, 'quote body');
  const measurement = (field: string): Uint8Array => reader.bytes(48, field);
  const teeTcbSvn = reader.bytes(16, 'TEE_TCB_SVN');
  const mrSeam = measurement('MRSEAM');
  const mrSignerSeam = measurement('MRSIGNERSEAM');
  const seamAttributes = reader.bytes(8, 'SEAMATTRIBUTES');
  const attributesWhere = reader.where();
  const tdAttributes = reader.bytes(8, 'TDATTRIBUTES');
  const attributes = parseTdAttributes(tdAttributes, attributesWhere);
  const xfamWhere = reader.where();
  const xfam = reader.bytes(8, 'XFAM');
  checkXfam(xfam, xfamWhere);
  const body = {
    teeTcbSvn,
    mrSeam,
    mrSignerSeam,
    seamAttributes,
    tdAttributes,
    ...attributes,
    xfam,
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
