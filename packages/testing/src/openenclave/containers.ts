/**
 * The containers of the Open Enclave SDK around a quote. Source: openenclave/openenclave, `oe_report_header_t` and
 * `oe_attestation_header_t`. Integers are little-endian.
 */
import { type Bytes, exactly, u32, u64 } from '../bytes/layout.ts';

/** SGX ECDSA, {A3A21E87-1B4D-4014-B70A-A125D2FBCD8C}. */
export const sgxEcdsaFormat = 'a3a21e871b4d4014b70aa125d2fbcd8c';

/** Header fields of a report. */
export interface OpenEnclaveReportHeader {
  /** Default: 1. */
  readonly version?: number;
  /** 2: SGX remote (default); 1: local. */
  readonly type?: number;
  /** Default: the true size. */
  readonly sizeBytes?: bigint;
}

/** Header fields of evidence. */
export interface OpenEnclaveEvidenceHeader {
  /** Default: 3. */
  readonly version?: number;
  /** 16 bytes. Default: SGX ECDSA. */
  readonly format?: Bytes;
  /** Default: the true size. */
  readonly sizeBytes?: bigint;
}

/** Report: version, type, size, quote. */
export function writeOpenEnclaveReport(quote: Uint8Array, header: OpenEnclaveReportHeader = {}): Buffer {
  const { version = 1, type = 2, sizeBytes = BigInt(quote.length) } = header;
  return Buffer.concat([u32(version), u32(type), u64(sizeBytes), quote]);
}

/** Evidence: version, format, size, then the quote and the custom claims. */
export function writeOpenEnclaveEvidence(
  quote: Uint8Array,
  customClaims: Uint8Array,
  header: OpenEnclaveEvidenceHeader = {},
): Buffer {
  const { version = 3, format = sgxEcdsaFormat, sizeBytes = BigInt(quote.length + customClaims.length) } = header;
  return Buffer.concat([u32(version), exactly(format, 16, 'format'), u64(sizeBytes), quote, customClaims]);
}
