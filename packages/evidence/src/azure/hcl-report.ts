/**
 * What the report of Azure's host compatibility layer says: a hardware report and the runtime claims that it commits to.
 * Read from the vTPM's NV index 0x01400001. Source: Microsoft, "Confidential VM guest attestation, attestation report format".
 */
import { createHash } from 'node:crypto';
import { Reader } from '../bytes/reader.ts';
import { refuse } from '../bytes/refusal.ts';
import type { AzureCode } from './codes.ts';

const magic = 'HCLA';
/** Both are seen on real machines, with the same layout. */
const headerVersions = [1, 2];
const runtimeDataVersion = 1;
/** The hardware report stands at 32 and the runtime data at 1216, whatever the report's kind. */
const hardwareReportSize = 1184;
const runtimeHeaderSize = 20;
/** TDREPORT_STRUCT: the part of the 1184 bytes that a TDX machine fills. */
const tdReportSize = 1024;

const reportTypes = new Map<number, 'SEV-SNP' | 'TDX'>([
  [2, 'SEV-SNP'],
  [4, 'TDX'],
]);
const hashTypes = new Map<number, { readonly label: HclHash; readonly node: string }>([
  [1, { label: 'SHA-256', node: 'sha256' }],
  [2, { label: 'SHA-384', node: 'sha384' }],
  [3, { label: 'SHA-512', node: 'sha512' }],
]);

export type HclHash = 'SHA-256' | 'SHA-384' | 'SHA-512';

/** A parsed report. Nothing is trusted until the hardware report is appraised and {@link checkHclBinding} holds. */
export interface HclReport {
  readonly reportType: 'SEV-SNP' | 'TDX';
  /** SEV-SNP: the attestation report, 1184 bytes. TDX: the TDREPORT, 1024 bytes, which only the machine itself can check. */
  readonly hardwareReport: Uint8Array;
  readonly hashType: HclHash;
  /** The JSON text of the runtime claims, exactly as hashed. */
  readonly runtimeClaimsBytes: Uint8Array;
  /** Hash of those bytes. */
  readonly runtimeClaimsHash: Uint8Array;
}

function refuseAzure(code: AzureCode, where: string, why: string): never {
  refuse(code, where, why);
}

/** Parses an HCL report; refuses by throwing within this package. Zero padding after the claims is ignored. */
export function parseHclReport(bytes: Uint8Array): HclReport {
  const reader = new Reader(bytes, 'hcl report');
  if (Buffer.from(reader.bytes(4, 'signature')).toString('latin1') !== magic) {
    refuseAzure('hcl-magic', 'hcl report+0', 'the first four bytes are not HCLA');
  }
  if (!headerVersions.includes(reader.u32('version')))
    refuseAzure('hcl-version', 'hcl report+4', 'the header version is not 1 or 2');
  const sizeBytes = reader.u32('report size');
  reader.bytes(20, 'request type, status and reserved');
  const hardware = reader.bytes(hardwareReportSize, 'hardware report');
  const dataOffset = reader.offset;
  const dataSize = reader.u32('runtime data size');
  if (reader.u32('runtime data version') !== runtimeDataVersion) {
    refuseAzure('hcl-version', `hcl report+${dataOffset + 4}`, 'the runtime data version is not 1');
  }
  const reportType = reportTypes.get(reader.u32('report type'));
  if (reportType === undefined) {
    refuseAzure(
      'hcl-report-type',
      `hcl report+${dataOffset + 8}`,
      'the report type is neither 2 (SEV-SNP) nor 4 (TDX)',
    );
  }
  const hash = hashTypes.get(reader.u32('hash type'));
  if (hash === undefined)
    refuseAzure('hcl-hash-type', `hcl report+${dataOffset + 12}`, 'the hash type is not 1, 2 or 3');
  const claimsSize = reader.u32('claims size');
  if (dataSize !== claimsSize + runtimeHeaderSize || sizeBytes !== dataOffset + dataSize) {
    refuseAzure(
      'hcl-size',
      `hcl report+${dataOffset}`,
      `sizes ${sizeBytes}, ${dataSize} and ${claimsSize} do not fit together`,
    );
  }
  const runtimeClaimsBytes = reader.bytes(claimsSize, 'runtime claims');
  return {
    reportType,
    hardwareReport: reportType === 'TDX' ? hardware.subarray(0, tdReportSize) : hardware,
    hashType: hash.label,
    runtimeClaimsBytes,
    runtimeClaimsHash: createHash(hash.node).update(runtimeClaimsBytes).digest(),
  };
}

/**
 * Checks that signed report data commits to the runtime claims.
 * @param reportData 64 bytes, from a hardware report or quote whose signature holds
 */
export function checkHclBinding(report: HclReport, reportData: Uint8Array): void {
  const { length } = report.runtimeClaimsHash;
  const committed = reportData.subarray(0, length);
  const rest = reportData.subarray(length);
  if (Buffer.compare(committed, report.runtimeClaimsHash) !== 0 || rest.some((byte) => byte !== 0)) {
    refuseAzure(
      'hcl-binding',
      'report data',
      'the report data is not the hash of the runtime claims, followed by zeros',
    );
  }
}
