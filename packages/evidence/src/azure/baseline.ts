/** Is the machine below an Azure guest one whose paravisor may speak for a vTPM? */

import { type Outcome, refuse, settle } from '../bytes/refusal.ts';
import { hex } from '../claims.ts';
import type { AzureCode } from './codes.ts';
import type { AzureHardware } from './runtime-claims.ts';

/** What a provider demands of Azure guests beyond the baseline of their hardware. */
export interface AzureGuestBaseline {
  /**
   * What to do with machines that fit no reference value. Any SEV-SNP or TDX guest, wherever it runs, can put the hash of claims and keys of
   * its own into its report data: only the measurement tells a paravisor, whose vTPM does what a TPM must, from such a guest.
   */
  readonly unknownMachines: 'refuse' | 'accept';
}

function measurementOf(hardware: AzureHardware): string {
  return hardware.tee === 'tdx'
    ? `MRTD ${hex(hardware.body.mrTd)}`
    : `measurement ${hex(hardware.report.measurement)}, ID key digest ${hex(hardware.report.idKeyDigest)}`;
}

/** Checks that the operator knows the machine. @param complianceStatus of the reference value that it fits; undefined: none */
export function checkAzureMachine(
  hardware: AzureHardware,
  complianceStatus: string | undefined,
  { unknownMachines }: AzureGuestBaseline,
): Outcome<void> {
  return settle(() => {
    const code: AzureCode = 'azure-guest-machine';
    if (complianceStatus !== undefined || unknownMachines === 'accept') return;
    refuse(code, 'IsolationInfo.Evidence.Proof', `no reference value fits ${measurementOf(hardware)}`);
  });
}
