/** Checks that runtime data and init-time data belong to an SGX quote. Source: Azure Attestation REST contract, "dataType" and binding. */
import { settle } from '@atesto/core';
import { commitsTo } from '../commitment.ts';
import type { SgxReportBody } from '../intel/report-body.ts';
import { type Outcome, refuse } from '../outcome.ts';

/** SHA-256 of the runtime data must be the first 32 bytes of the report data; the enclave is free in the other 32. */
export function checkSgxRuntimeData(body: SgxReportBody, data: Uint8Array): Outcome<void> {
  return settle(() => {
    if (!commitsTo(body.reportData, data)) {
      refuse(
        'sgx-runtime-data',
        'report data',
        'SHA-256 of the runtime data is not the first 32 bytes of the report data',
      );
    }
  });
}

/** SHA-256 of the init-time data must be the first 32 bytes of the configuration id, which means something only with KSS. */
export function checkSgxInitTimeData(body: SgxReportBody, data: Uint8Array): Outcome<void> {
  return settle(() => {
    if (!body.kss) {
      refuse(
        'sgx-init-time-data',
        'configuration id',
        'the enclave has no key separation and sharing, so it commits to no init-time data',
      );
    }
    if (!commitsTo(body.configId, data) || body.configId.subarray(32).some((byte) => byte !== 0)) {
      refuse(
        'sgx-init-time-data',
        'configuration id',
        'the configuration id is not SHA-256 of the init-time data, then zeros',
      );
    }
  });
}
