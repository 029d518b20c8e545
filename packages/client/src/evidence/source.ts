/** Where does evidence come from? From anything that can collect it for given report data. */
import { ClientError } from '../error.ts';

/** How evidence is packed: a bare SGX quote, or in a container of the Open Enclave SDK. */
export type EvidenceKind = 'sgx-quote' | 'open-enclave';

/** Evidence as bytes; nothing about it is proven. */
export interface CollectedEvidence {
  readonly kind: EvidenceKind;
  readonly bytes: Uint8Array;
}

/** A source of evidence. */
export interface EvidenceSource {
  /**
   * Collects evidence.
   * @param reportData 64 bytes that the evidence is to commit to
   */
  collect(reportData: Uint8Array): Promise<CollectedEvidence>;
}

/** Length of an SGX report's report data, in bytes. */
export const reportDataBytes = 64;
const maxEvidenceBytes = 2 ** 20;

/** Checks report data: exactly 64 bytes, never padded or cut. */
export function checkReportData(reportData: Uint8Array): void {
  if (reportData.length === reportDataBytes) return;
  throw new ClientError('report-data-size', 'report data', `it has ${reportData.length} bytes instead of 64`);
}

/** Makes evidence of bytes: a quote begins with its version and the attestation key type 2 or 3; else it is in a container. */
export function evidenceOf(bytes: Uint8Array, where: string): CollectedEvidence {
  if (bytes.length === 0 || bytes.length > maxEvidenceBytes) {
    throw new ClientError(
      'evidence-size',
      where,
      `there are ${bytes.length} bytes; evidence has 1 to ${maxEvidenceBytes}`,
    );
  }
  const isContainer =
    startsWith(bytes, openEnclaveReport) || startsWith(bytes, openEnclaveFormat) || isVersioned(bytes);
  return { kind: isContainer ? 'open-enclave' : 'sgx-quote', bytes };
}

/** `oe_report_header_t`: version 1, type 2, as 32-bit integers. */
const openEnclaveReport = Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0);
/** Format of SGX ECDSA evidence, {A3A21E87-1B4D-4014-B70A-A125D2FBCD8C}. */
const openEnclaveFormat = Uint8Array.from(Buffer.from('a3a21e871b4d4014b70aa125d2fbcd8c', 'hex'));

/** `oe_attestation_header_t`: a 32-bit version 2 or 3, then the format. */
function isVersioned(bytes: Uint8Array): boolean {
  return (bytes[0] === 2 || bytes[0] === 3) && startsWith(bytes.subarray(4), openEnclaveFormat);
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, prefix.length), prefix) === 0;
}
