/**
 * Checks that runtime data and init-time data belong to an SEV-SNP report. Source: Azure Attestation REST contract, "dataType" and binding.
 */
import { settle } from '@atesto/core';
import { commitsTo } from '../commitment.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { SnpReport } from './report.ts';

/** SHA-256 of the runtime data must be the first 32 bytes of the report data; the guest's runtime defines the other 32. */
export function checkSnpRuntimeData(report: SnpReport, data: Uint8Array): Outcome<void> {
  return settle(() => {
    if (!commitsTo(report.reportData, data)) {
      refuse(
        'snp-runtime-data',
        'report+80',
        'SHA-256 of the runtime data is not the first 32 bytes of the report data',
      );
    }
  });
}

/** SHA-256 of the init-time data must be the host data. */
export function checkSnpInitTimeData(report: SnpReport, data: Uint8Array): Outcome<void> {
  return settle(() => {
    if (!commitsTo(report.hostData, data)) {
      refuse('snp-init-time-data', 'report+192', 'SHA-256 of the init-time data is not the host data');
    }
  });
}
