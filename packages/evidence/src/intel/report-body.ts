/**
 * The body of an SGX report: that of the attested enclave, and that of the quoting enclave.
 * Source: Intel SDM volume 3D, "REPORT structure", "ATTRIBUTES", "MISCSELECT"; key separation and sharing fields from "KSS".
 *
 * | field | defined | ignored |
 * | --- | --- | --- |
 * | flags | 0 INIT, 1 DEBUG, 2 MODE64BIT, 4 PROVISIONKEY, 5 EINITTOKEN_KEY, 6 CET, 7 KSS, 10 AEXNOTIFY | 3, 8-9, 11-63 |
 * | XFRM | features that the processor lets the enclave have | all: none weakens it |
 * | MISCSELECT | 0 EXINFO, 1 CPINFO | 2-31 |
 *
 * The processor makes no report with reserved bits, so nothing is refused for them, as Intel's library does; DEBUG alone lets the host in. Of quoting
 * enclaves the identity that Intel signs says by masks what must be set.
 */
import { ByteReader } from '@atesto/core';

/** The fields of one report body. Byte fields are views. */
export interface SgxReportBody {
  /** 16 bytes. */
  readonly cpuSvn: Uint8Array;
  readonly miscSelect: number;
  /** 16 bytes. */
  readonly isvExtProdId: Uint8Array;
  /** 16 bytes: flags, then XFRM, 8 bytes each, little-endian. */
  readonly attributes: Uint8Array;
  /** Flag bit 1. */
  readonly debug: boolean;
  /** Flag bit 7: key separation and sharing; the configuration and product fields mean something only then. */
  readonly kss: boolean;
  /** 32 bytes. */
  readonly mrEnclave: Uint8Array;
  /** 32 bytes. */
  readonly mrSigner: Uint8Array;
  /** 64 bytes. */
  readonly configId: Uint8Array;
  readonly isvProdId: number;
  readonly isvSvn: number;
  readonly configSvn: number;
  /** 16 bytes. */
  readonly isvFamilyId: Uint8Array;
  /** 64 bytes. */
  readonly reportData: Uint8Array;
}

/** Parses the 384 bytes of a report body. Reserved spaces are covered by the signature and not looked at, as Intel's reference does. */
export function parseReportBody(bytes: Uint8Array, name: string): SgxReportBody {
  const reader = new ByteReader(bytes, name);
  const cpuSvn = reader.bytes(16, 'CPUSVN');
  const miscSelect = reader.u32('MISCSELECT');
  reader.bytes(12, 'reserved');
  const isvExtProdId = reader.bytes(16, 'ISVEXTPRODID');
  const attributes = reader.bytes(16, 'ATTRIBUTES');
  const mrEnclave = reader.bytes(32, 'MRENCLAVE');
  reader.bytes(32, 'reserved');
  const mrSigner = reader.bytes(32, 'MRSIGNER');
  reader.bytes(32, 'reserved');
  const configId = reader.bytes(64, 'CONFIGID');
  const isvProdId = reader.u16('ISVPRODID');
  const isvSvn = reader.u16('ISVSVN');
  const configSvn = reader.u16('CONFIGSVN');
  reader.bytes(42, 'reserved');
  const isvFamilyId = reader.bytes(16, 'ISVFAMILYID');
  const reportData = reader.bytes(64, 'REPORTDATA');
  reader.end('report body');
  const flags = attributes[0] ?? 0;
  return {
    cpuSvn,
    miscSelect,
    isvExtProdId,
    attributes,
    debug: (flags & 0x02) !== 0,
    kss: (flags & 0x80) !== 0,
    mrEnclave,
    mrSigner,
    configId,
    isvProdId,
    isvSvn,
    configSvn,
    isvFamilyId,
    reportData,
  };
}
