/** Checks that runtime data belongs to a TDX quote. Source: Azure Attestation REST contract, "dataType" and binding. */
import { settle } from '@atesto/core';
import { commitsTo } from '../commitment.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { TdReportBody } from './report-body.ts';

/** SHA-256 of the runtime data must be the first 32 bytes of the report data; the domain is free in the other 32. */
export function checkTdxRuntimeData(body: TdReportBody, data: Uint8Array): Outcome<void> {
  return settle(() => {
    if (!commitsTo(body.reportData, data)) {
      refuse(
        'tdx-runtime-data',
        'report data',
        'SHA-256 of the runtime data is not the first 32 bytes of the report data',
      );
    }
  });
}

/** How a domain commits to init-time data. Azure Attestation does not document a way, so none is assumed. */
export type TdxInitTimeBinding = 'refuse' | 'mrconfigid';

/** With `mrconfigid`, SHA-256 of the init-time data, then zeros, must be MRCONFIGID. */
export function checkTdxInitTimeData(body: TdReportBody, data: Uint8Array, binding: TdxInitTimeBinding): Outcome<void> {
  return settle(() => {
    if (binding === 'refuse') {
      refuse(
        'tdx-init-time-data',
        'request',
        'how a trust domain commits to init-time data is not configured, so none is accepted',
      );
    }
    if (!commitsTo(body.mrConfigId, data) || body.mrConfigId.subarray(32).some((byte) => byte !== 0)) {
      refuse('tdx-init-time-data', 'MRCONFIGID', 'MRCONFIGID is not SHA-256 of the init-time data, then zeros');
    }
  });
}
