/** Claims beyond Azure Attestation's that tell the relying party what the operator's settings let pass. */
import type { Claims, IntelPlatformAppraisal, SnpAppraisal } from '@atesto/evidence/advanced';

/** Intel's collateral that served within the operator's grace. */
export function expiredCollateralClaim({ collateral: { expired } }: IntelPlatformAppraisal): Claims {
  return expired.length === 0 ? {} : { 'x-atesto-expired-collateral': expired };
}

/** A revocation list of AMD's that served within the operator's grace, or that was not needed. */
export function revocationClaims({ revocation, revocationListExpired }: SnpAppraisal): Claims {
  return {
    ...(revocationListExpired ? { 'x-atesto-expired-collateral': ['amd_crl'] } : {}),
    ...(revocation === 'unchecked' ? { 'x-atesto-revocation': 'unchecked' } : {}),
  };
}
