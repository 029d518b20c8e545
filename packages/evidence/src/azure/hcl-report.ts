/**
 * What the report of Azure's host compatibility layer says: a hardware report and the runtime claims that it commits to.
 * Read from the vTPM's NV index 0x01400001. Source: Microsoft, "Confidential VM guest attestation, attestation report format".
 */
import { ByteReader, settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { AzureCode } from './codes.ts';
import type { HclHash, RuntimeData } from './runtime-claims.ts';

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
const hashTypes = new Map<number, HclHash>([
  [1, 'SHA-256'],
  [2, 'SHA-384'],
  [3, 'SHA-512'],
]);

/** A parsed report. Nothing is trusted until the hardware report is appraised and commits to the runtime data. */
export interface HclReport {
  readonly reportType: 'SEV-SNP' | 'TDX';
  /** SEV-SNP: the attestation report, 1184 bytes. TDX: the TDREPORT, 1024 bytes, which only the machine itself can check. */
  readonly hardwareReport: Uint8Array;
  readonly runtimeData: RuntimeData;
}

function refuseAzure(code: AzureCode, where: string, why: string): never {
  refuse(code, where, why);
}

/**
 * Parses an HCL report, with the hardware report that it carries: an SEV-SNP report to appraise, or a TD report, whose quote must be fetched.
 * What follows the claims is not part of the report: the NV index is larger than it.
 */
export function parseHclReport(bytes: Uint8Array): Outcome<HclReport> {
  return settle(() => readHclReport(bytes));
}

function readHclReport(bytes: Uint8Array): HclReport {
  const reader = new ByteReader(bytes, 'hcl report');
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
  const claims = reader.bytes(claimsSize, 'runtime claims');
  return {
    reportType,
    hardwareReport: reportType === 'TDX' ? hardware.subarray(0, tdReportSize) : hardware,
    runtimeData: { claims, hash },
  };
}
