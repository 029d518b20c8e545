/** Step 5: checks that the evidence commits to the runtime data and init-time data. */

import { refuseFor } from '../../http/refusal.ts';
import type { Provider } from '../../providers/provider.ts';
import type { AttestRequest } from '../request.ts';
import type { AttestationType } from '../types/attestation-type.ts';

/** Refuses the request with the evidence package's code when data was sent that the evidence does not bind. */
export function bind<Appraisal>(
  type: Pick<AttestationType<never, never, Appraisal>, 'checkRuntimeData' | 'checkInitTimeData'>,
  appraisal: Appraisal,
  { runtimeData, initTimeData }: AttestRequest,
  provider: Provider,
): void {
  if (runtimeData !== undefined) {
    const bound = type.checkRuntimeData(appraisal, runtimeData.bytes);
    if (!bound.ok) refuseFor(bound.refusal);
  }
  if (initTimeData !== undefined) {
    const bound = type.checkInitTimeData(appraisal, initTimeData.bytes, provider);
    if (!bound.ok) refuseFor(bound.refusal);
  }
}
