/** Claims that tokens of SGX and TDX share beyond Azure Attestation's. */
import type { Claims, IntelPlatformAppraisal } from '@atesto/evidence';

/** Collateral that served within the operator's grace is told to the relying party. */
export function expiredCollateralClaim({ collateral: { expired } }: IntelPlatformAppraisal): Claims {
  return expired.length === 0 ? {} : { 'x-atesto-expired-collateral': expired };
}
