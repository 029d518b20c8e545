/** Sources of evidence: anything that can collect it for given report data. */
import type { AttestationType } from '@atesto/core';
import { reportDataBytes } from '../attest/data.ts';
import { ClientError } from '../error.ts';
import { misuse } from '../options.ts';

/**
 * The attestation types that evidence of this package has: a bare SGX quote (`SgxEnclave`), one in a container of the Open Enclave SDK
 * (`OpenEnclave`), a TDX quote (`TdxVm`), or an SEV-SNP report (`SevSnpVm`), bare or as the JSON document of Azure Attestation.
 */
export type EvidenceType = Extract<AttestationType, 'SgxEnclave' | 'OpenEnclave' | 'TdxVm' | 'SevSnpVm'>;

/** Evidence as bytes; nothing about it is proven. */
export interface CollectedEvidence {
  /** The operation that the evidence goes to. */
  readonly attestationType: EvidenceType;
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

const maxEvidenceBytes = 2 ** 20;

/** Checks report data: exactly 64 bytes, never padded or cut. */
export function checkReportData(reportData: Uint8Array): void {
  if (reportData.length === reportDataBytes) return;
  misuse('reportData', `64 bytes, not ${reportData.length}`, 'report-data-size');
}

/** Makes evidence of bytes, by what they begin with; what is like nothing else is taken for an SGX quote. */
export function evidenceOf(bytes: Uint8Array, where: string): CollectedEvidence {
  if (bytes.length === 0 || bytes.length > maxEvidenceBytes) {
    throw new ClientError(
      'evidence-size',
      where,
      `there are ${bytes.length} bytes; evidence has 1 to ${maxEvidenceBytes}`,
    );
  }
  return { attestationType: typeOf(bytes), bytes };
}

function typeOf(bytes: Uint8Array): EvidenceType {
  if (startsWith(bytes, openEnclaveReport) || startsWith(bytes, openEnclaveFormat) || isVersioned(bytes)) {
    return 'OpenEnclave';
  }
  if (startsWith(bytes.subarray(4), tdxTeeType)) return 'TdxVm';
  return bytes.length === snpReportBytes || firstMark(bytes) === '{' ? 'SevSnpVm' : 'SgxEnclave';
}

/** Quote header, TEE type of TDX, a 32-bit integer at 4. */
const tdxTeeType = Uint8Array.of(0x81, 0, 0, 0);
/** No quote is as short as a report. */
const snpReportBytes = 1184;

/** The first character that is not white space, of a text. */
function firstMark(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart().charAt(0);
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
