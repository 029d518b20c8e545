/** Writes an SGX report body, 384 bytes. Source: Intel SDM volume 3D, "REPORT structure"; key separation and sharing fields from "KSS". */
import { createHash } from 'node:crypto';
import { checkOptions, type OptionNames } from '@atesto/core';
import { type Bytes, exactly, place, u16, u32 } from '../bytes/layout.ts';

/** The fields of one report body. Absent fields are zero. */
export interface SgxReportBodyFields {
  /** 16 bytes. */
  readonly cpuSvn: Bytes;
  readonly miscSelect: number;
  /** 16 bytes. */
  readonly isvExtProdId: Bytes;
  /** 16 bytes: flags, then XFRM, 8 bytes each, little-endian. */
  readonly attributes: Bytes;
  /** Sets or clears flag bit 1 of the attributes. */
  readonly debug: boolean;
  /** 32 bytes. */
  readonly mrEnclave: Bytes;
  /** 32 bytes. */
  readonly mrSigner: Bytes;
  /** 64 bytes. */
  readonly configId: Bytes;
  readonly isvProdId: number;
  readonly isvSvn: number;
  readonly configSvn: number;
  /** 16 bytes. */
  readonly isvFamilyId: Bytes;
  /** 64 bytes; {@link reportDataOf} makes them from data of any length. */
  readonly reportData: Bytes;
}

const fieldNames: OptionNames<SgxReportBodyFields> = {
  cpuSvn: true,
  miscSelect: true,
  isvExtProdId: true,
  attributes: true,
  debug: true,
  mrEnclave: true,
  mrSigner: true,
  configId: true,
  isvProdId: true,
  isvSvn: true,
  configSvn: true,
  isvFamilyId: true,
  reportData: true,
};

const debugFlag = 0x02;

function attributesOf(fields: Partial<SgxReportBodyFields>): Buffer {
  const attributes = exactly(fields.attributes ?? Buffer.alloc(16), 16, 'ATTRIBUTES');
  if (fields.debug !== undefined) {
    attributes[0] = ((attributes[0] ?? 0) & ~debugFlag) | (fields.debug ? debugFlag : 0);
  }
  return attributes;
}

/** The 384 bytes. Throws `ConfigurationError` for a field that does not exist. */
export function writeSgxReportBody(fields: Partial<SgxReportBodyFields>): Buffer {
  checkOptions<Partial<SgxReportBodyFields>>(fields, fieldNames, 'body');
  const bytes = (value: Bytes | undefined, size: number, name: string) =>
    exactly(value ?? Buffer.alloc(size), size, name);
  return place(384, [
    [0, bytes(fields.cpuSvn, 16, 'CPUSVN')],
    [16, u32(fields.miscSelect ?? 0)],
    [32, bytes(fields.isvExtProdId, 16, 'ISVEXTPRODID')],
    [48, attributesOf(fields)],
    [64, bytes(fields.mrEnclave, 32, 'MRENCLAVE')],
    [128, bytes(fields.mrSigner, 32, 'MRSIGNER')],
    [192, bytes(fields.configId, 64, 'CONFIGID')],
    [256, u16(fields.isvProdId ?? 0)],
    [258, u16(fields.isvSvn ?? 0)],
    [260, u16(fields.configSvn ?? 0)],
    [304, bytes(fields.isvFamilyId, 16, 'ISVFAMILYID')],
    [320, bytes(fields.reportData, 64, 'REPORTDATA')],
  ]);
}

/** Report data that commits to data of any length: SHA-256, then 32 zeros. */
export function reportDataOf(data: Uint8Array): Buffer {
  return Buffer.concat([createHash('sha256').update(data).digest(), Buffer.alloc(32)]);
}

/** An enclave for those who name no fields: initialised, 64-bit, not debuggable. */
export const defaultEnclave: Partial<SgxReportBodyFields> = {
  attributes: '0500000000000000e700000000000000',
  mrEnclave: createHash('sha256').update('Atesto Simulator: enclave').digest('hex'),
  mrSigner: createHash('sha256').update('Atesto Simulator: enclave signer').digest('hex'),
  isvProdId: 1,
  isvSvn: 1,
};
