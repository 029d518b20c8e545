/** Writes a TD report body: 584 bytes (1.0) or 648 (1.5). Source: Intel TDX DCAP Quoting Library API, appendix "TD Quote Body". */
import { createHash } from 'node:crypto';
import { checkOptions, type OptionNames } from '@atesto/core';
import { type Bytes, exactly, type Field, place } from '../bytes/layout.ts';

/** The fields of one TD report body. Absent fields are zero. */
export interface TdReportBodyFields {
  /** 16 bytes: SVN of the module, version of the module, then platform components. */
  readonly teeTcbSvn: Bytes;
  /** 48 bytes. */
  readonly mrSeam: Bytes;
  /** 48 bytes. */
  readonly mrSignerSeam: Bytes;
  /** 8 bytes. */
  readonly seamAttributes: Bytes;
  /** 8 bytes, little-endian. */
  readonly tdAttributes: Bytes;
  /** Sets or clears attribute bit 0. */
  readonly debug: boolean;
  /** 8 bytes. */
  readonly xfam: Bytes;
  /** 48 bytes each. */
  readonly mrTd: Bytes;
  readonly mrConfigId: Bytes;
  readonly mrOwner: Bytes;
  readonly mrOwnerConfig: Bytes;
  readonly rtmr0: Bytes;
  readonly rtmr1: Bytes;
  readonly rtmr2: Bytes;
  readonly rtmr3: Bytes;
  /** 64 bytes. */
  readonly reportData: Bytes;
  /** 16 bytes; layout 1.5 only. */
  readonly teeTcbSvn2: Bytes;
  /** 48 bytes; layout 1.5 only. */
  readonly mrServiceTd: Bytes;
}

/** The version of a TD report body's layout. */
export type TdReportLayout = '1.0' | '1.5';

type BytesField = Exclude<keyof TdReportBodyFields, 'debug'>;

const fieldNames: OptionNames<TdReportBodyFields> = {
  teeTcbSvn: true,
  mrSeam: true,
  mrSignerSeam: true,
  seamAttributes: true,
  tdAttributes: true,
  debug: true,
  xfam: true,
  mrTd: true,
  mrConfigId: true,
  mrOwner: true,
  mrOwnerConfig: true,
  rtmr0: true,
  rtmr1: true,
  rtmr2: true,
  rtmr3: true,
  reportData: true,
  teeTcbSvn2: true,
  mrServiceTd: true,
};

/** Name, offset and size of every field. */
const fields10: readonly (readonly [BytesField, number, number])[] = [
  ['teeTcbSvn', 0, 16],
  ['mrSeam', 16, 48],
  ['mrSignerSeam', 64, 48],
  ['seamAttributes', 112, 8],
  ['tdAttributes', 120, 8],
  ['xfam', 128, 8],
  ['mrTd', 136, 48],
  ['mrConfigId', 184, 48],
  ['mrOwner', 232, 48],
  ['mrOwnerConfig', 280, 48],
  ['rtmr0', 328, 48],
  ['rtmr1', 376, 48],
  ['rtmr2', 424, 48],
  ['rtmr3', 472, 48],
  ['reportData', 520, 64],
];
const fields15 = [...fields10, ['teeTcbSvn2', 584, 16], ['mrServiceTd', 600, 48]] as const;
const debugAttribute = 0x01;
const attributesOffset = 120;

/** The 584 or 648 bytes. Throws `ConfigurationError` for a field that does not exist. */
export function writeTdReportBody(fields: Partial<TdReportBodyFields>, layout: TdReportLayout): Buffer {
  checkOptions<Partial<TdReportBodyFields>>(fields, fieldNames, 'body');
  const placed = (layout === '1.0' ? fields10 : fields15).map(([name, offset, size]): Field => {
    return [offset, exactly(fields[name] ?? Buffer.alloc(size), size, name)];
  });
  const body = place(layout === '1.0' ? 584 : 648, placed);
  if (fields.debug !== undefined) {
    const others = (body[attributesOffset] ?? 0) & ~debugAttribute;
    body[attributesOffset] = others | (fields.debug ? debugAttribute : 0);
  }
  return body;
}

const measurement = (name: string): string => createHash('sha384').update(`Atesto Simulator: ${name}`).digest('hex');

/** A trust domain for those who name no fields: not debuggable, SEPT_VE_DISABLE set. */
export const defaultTrustDomain: Partial<TdReportBodyFields> = {
  mrSeam: measurement('TDX module'),
  tdAttributes: '0000001000000000',
  xfam: 'e702060000000000',
  mrTd: measurement('trust domain'),
  rtmr0: measurement('firmware'),
  rtmr1: measurement('boot loader'),
  rtmr2: measurement('operating system'),
};
