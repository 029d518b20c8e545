/** Splits claims into those known before appraisal, which configuration rules see, and the rest (policy language, section 5). */
import type { Claim } from './claim.ts';

/** The claims of a request in two parts. */
export interface ClaimsByStage {
  /** The attestation type, which the service knows from the request. */
  readonly known: readonly Claim[];
  readonly appraised: readonly Claim[];
}

/** Splits the incoming claims of a request; keeps the order within each part. */
export function claimsByStage(claims: readonly Claim[]): ClaimsByStage {
  return { known: claims.filter(isKnown), appraised: claims.filter((claim) => !isKnown(claim)) };
}

function isKnown({ type, issuer }: Claim): boolean {
  return type === 'x-ms-attestation-type' && issuer === 'AttestationService';
}
