/** Claims that tokens of SEV-SNP machines share beyond Azure Attestation's. */
import type { Claims, SnpAppraisal } from '@atesto/evidence';

/** What the operator let pass is told to the relying party. */
export function revocationClaims({ revocation, revocationListExpired }: SnpAppraisal): Claims {
  return {
    ...(revocationListExpired ? { 'x-atesto-expired-collateral': ['amd_crl'] } : {}),
    ...(revocation === 'unchecked' ? { 'x-atesto-revocation': 'unchecked' } : {}),
  };
}
