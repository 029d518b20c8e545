/** Step 5: checks that the evidence commits to the runtime data and init-time data. */
import { unwrap } from '@atesto/core';
import type { Provider } from '../../providers/provider.ts';
import type { AttestRequest } from '../request.ts';
import type { AttestationType } from '../types/attestation-type.ts';

/** Throws `Refused` with the evidence package's code when data was sent that the evidence does not bind. */
export function bind<Appraisal>(
  type: Pick<AttestationType<never, never, Appraisal>, 'checkRuntimeData' | 'checkInitTimeData'>,
  appraisal: Appraisal,
  { runtimeData, initTimeData }: AttestRequest,
  provider: Provider,
): void {
  if (runtimeData !== undefined) unwrap(type.checkRuntimeData(appraisal, runtimeData.bytes));
  if (initTimeData !== undefined) unwrap(type.checkInitTimeData(appraisal, initTimeData.bytes, provider));
}
