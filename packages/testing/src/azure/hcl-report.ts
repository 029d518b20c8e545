/** Writes reports of Azure's host compatibility layer: the hardware report, then the runtime data that it commits to. */
import { createHash } from 'node:crypto';
import { checkOptions, type OptionNames } from '@atesto/core';
import { type Bytes, bytesOf, place, u32 } from '../bytes/layout.ts';

/** The hashes that a report can name, in Node's words. */
export type HclHashName = 'sha256' | 'sha384' | 'sha512';

/** The fields of a report. */
export interface HclReportFields {
  readonly magic: string;
  /** 1 or 2. */
  readonly version: number;
  /** Default: the true size up to the end of the claims. */
  readonly size?: number;
  readonly requestType: number;
  /** Default: the true size of the runtime data with its header of 20 bytes. */
  readonly runtimeDataSize?: number;
  readonly runtimeDataVersion: number;
  /** 2: SEV-SNP, 4: TDX. */
  readonly reportType: number;
  /** 1: SHA-256, 2: SHA-384, 3: SHA-512. */
  readonly hashType: number;
  /** Default: the true size. */
  readonly claimsSize?: number;
  /** Follows the claims: the NV index is larger than the report. */
  readonly trailing?: Bytes;
}

const fieldNames: OptionNames<HclReportFields> = {
  magic: true,
  version: true,
  size: true,
  requestType: true,
  runtimeDataSize: true,
  runtimeDataVersion: true,
  reportType: true,
  hashType: true,
  claimsSize: true,
  trailing: true,
};

const hardwareOffset = 32;
const dataOffset = 1216;
const claimsOffset = 1236;
/** Hash types as the report encodes them. */
export const hclHashTypes = { sha256: 1, sha384: 2, sha512: 3 } as const;

/** @param hardware SEV-SNP report of 1184 bytes, or TD report of 1024 */
export function writeHclReport(hardware: Uint8Array, claims: Uint8Array, fields: HclReportFields): Buffer {
  checkOptions<HclReportFields>(fields, fieldNames, 'fields');
  const report = place(claimsOffset + claims.length, [
    [0, Buffer.from(fields.magic, 'latin1')],
    [4, u32(fields.version)],
    [8, u32(fields.size ?? claimsOffset + claims.length)],
    [12, u32(fields.requestType)],
    [hardwareOffset, hardware],
    [dataOffset, u32(fields.runtimeDataSize ?? claimsOffset - dataOffset + claims.length)],
    [dataOffset + 4, u32(fields.runtimeDataVersion)],
    [dataOffset + 8, u32(fields.reportType)],
    [dataOffset + 12, u32(fields.hashType)],
    [dataOffset + 16, u32(fields.claimsSize ?? claims.length)],
    [claimsOffset, claims],
  ]);
  return Buffer.concat([report, bytesOf(fields.trailing ?? '')]);
}

/** Report data that commits to claims: their hash, then zeros. */
export function claimsReportData(claims: Uint8Array, hash: HclHashName = 'sha256'): Buffer {
  const digest = createHash(hash).update(claims).digest();
  return Buffer.concat([digest, Buffer.alloc(64 - digest.length)]);
}
