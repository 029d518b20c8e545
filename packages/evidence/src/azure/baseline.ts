/** Checks the security baseline of an Azure guest: its hardware, its vTPM, and the key to which the reply is sealed. */

import { settle } from '@atesto/core';
import { hex } from '../claims.ts';
import { type Outcome, refuse } from '../outcome.ts';
import type { AzureCode } from './codes.ts';
import type { AzureGuestAppraisal } from './guest.ts';
import type { AzureHardware } from './runtime-claims.ts';

/** What a provider demands of Azure guests beyond the baseline of their hardware. */
export interface AzureGuestBaseline {
  /**
   * What to do with machines that fit no reference value. Any SEV-SNP or TDX guest, wherever it runs, can put the hash of claims and keys of
   * its own into its report data: only the measurement tells a paravisor, whose vTPM does what a TPM must, from such a guest.
   */
  readonly unknownMachines: 'refuse' | 'accept';
  /**
   * What to do with reply keys that work in other states than the quoted one. The quote has no nonce: after another boot, a machine could send
   * a quote of its past with such a key, and open the reply.
   */
  readonly unboundReplyKeys: 'refuse' | 'accept';
}

function refuseGuest(code: AzureCode, where: string, why: string): never {
  refuse(code, where, why);
}

function measurementOf(hardware: AzureHardware): string {
  return hardware.tee === 'tdx'
    ? `MRTD ${hex(hardware.body.mrTd)}`
    : `measurement ${hex(hardware.report.measurement)}, ID key digest ${hex(hardware.report.idKeyDigest)}`;
}

/** Checks that the operator knows the machine, and that the reply can be read in the quoted state alone. @param complianceStatus of the reference value that the machine fits; undefined: none */
export function checkAzureGuestBaseline(
  { hardware, encryptionKey }: Pick<AzureGuestAppraisal, 'hardware' | 'encryptionKey'>,
  complianceStatus: string | undefined,
  { unknownMachines, unboundReplyKeys }: AzureGuestBaseline,
): Outcome<void> {
  return settle(() => {
    if (complianceStatus === undefined && unknownMachines === 'refuse') {
      refuseGuest(
        'azure-guest-machine',
        'IsolationInfo.Evidence.Proof',
        `no reference value fits ${measurementOf(hardware)}`,
      );
    }
    if (!encryptionKey.boundToPcrs && unboundReplyKeys === 'refuse') {
      refuseGuest('azure-guest-reply-key', 'EncKeyPub', 'its policy is not TPM2_PolicyPCR over the quoted PCRs');
    }
  });
}
