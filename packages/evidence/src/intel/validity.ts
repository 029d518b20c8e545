/** Checks the dates of certificates and collateral at the time of appraisal. */
import { refuse } from '../outcome.ts';
import { checkChainValidity } from '../x509/chain.ts';
import type { IntelCollateralPart } from './collateral.ts';
import type { VerifiedPck } from './pck-chain.ts';
import type { VerifiedIntelCollateral } from './verified-collateral.ts';

const parts: readonly IntelCollateralPart[] = ['root_ca_crl', 'pck_crl', 'tcb_info', 'qe_identity'];

/** The parts that are past their next update; refuses parts of the future. `at` is in milliseconds since 1970. */
export function expiredParts(collateral: VerifiedIntelCollateral, at: number): IntelCollateralPart[] {
  for (const part of parts) {
    const { issued } = collateral.dates[part];
    if (!(at >= issued))
      refuse('collateral-not-yet-valid', part, `the ${part} was issued at ${new Date(issued).toISOString()}`);
  }
  return parts.filter((part) => !(at <= collateral.dates[part].nextUpdate));
}

/** Refuses expired parts. */
export function checkNotExpired(collateral: VerifiedIntelCollateral, expired: readonly IntelCollateralPart[]): void {
  if (expired.length === 0) return;
  const dates = expired.map((part) => `${part} since ${new Date(collateral.dates[part].nextUpdate).toISOString()}`);
  refuse('collateral-expired', expired.join(), `past the next update: ${dates.join(', ')}`);
}

/** Checks the dates of every certificate that was relied on. */
export function checkCertificateDates(pck: VerifiedPck, collateral: VerifiedIntelCollateral, at: number): void {
  for (const chain of [pck.chain, collateral.tcbInfoChain, collateral.qeIdentityChain, collateral.pckAuthorityChain]) {
    checkChainValidity(chain, at);
  }
}
