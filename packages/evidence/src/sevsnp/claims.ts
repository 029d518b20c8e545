/** The claims of an SEV-SNP appraisal under Azure Attestation's names; bytes are lower-case hex. */
import type { Claims } from '@atesto/core';
import { hex } from '../claims.ts';
import type { SnpAppraisal } from './appraisal.ts';

/** The claims that the service adds to every SEV-SNP token. Versions are those of the reported TCB. */
export function sevSnpClaims(appraisal: SnpAppraisal): Claims {
  const { report, reportedTcb } = appraisal;
  return {
    'x-ms-sevsnpvm-authorkeydigest': hex(report.authorKeyDigest),
    'x-ms-sevsnpvm-bootloader-svn': reportedTcb.bootLoader,
    'x-ms-sevsnpvm-familyId': hex(report.familyId),
    'x-ms-sevsnpvm-guestsvn': report.guestSvn,
    'x-ms-sevsnpvm-hostdata': hex(report.hostData),
    'x-ms-sevsnpvm-idkeydigest': hex(report.idKeyDigest),
    'x-ms-sevsnpvm-imageId': hex(report.imageId),
    'x-ms-sevsnpvm-is-debuggable': report.policy.debugAllowed,
    'x-ms-sevsnpvm-launchmeasurement': hex(report.measurement),
    'x-ms-sevsnpvm-microcode-svn': reportedTcb.microcode,
    'x-ms-sevsnpvm-migration-allowed': report.policy.migrationAgentAllowed,
    'x-ms-sevsnpvm-reportdata': hex(report.reportData),
    'x-ms-sevsnpvm-reportid': hex(report.reportId),
    'x-ms-sevsnpvm-smt-allowed': report.policy.smtAllowed,
    'x-ms-sevsnpvm-snpfw-svn': reportedTcb.snp,
    'x-ms-sevsnpvm-tee-svn': reportedTcb.tee,
    'x-ms-sevsnpvm-vmpl': report.vmpl,
  };
}
