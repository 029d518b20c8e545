/** Verifies that collateral is genuine and of the platform that was asked about. Nothing enters a cache that does not pass here. */
import { X509Certificate } from 'node:crypto';
import {
  type IntelCollateral,
  type IntelEndorsementsNeeded,
  intelRoots,
  neededByPckCertificate,
  type SignedIntelCollateral,
  type TrustAnchor,
  type VerifiedIntelCollateral,
  verifyIntelCollateral,
} from '@atesto/evidence/advanced';
import type { Dated } from '../cache/supersession.ts';
import { refuseEndorsements } from '../refusal.ts';
import { verifyOnce } from '../verify-once.ts';
import { describeRequest, type IntelEndorsementRequest } from './request.ts';

/** {@link verifyIntelCollateral}, once for each object. */
export const verifyIntelOnce = verifyOnce<IntelCollateral, VerifiedIntelCollateral>((collateral, trustAnchors) =>
  verifyIntelCollateral(collateral, { trustAnchors }),
);

/** When the first part of the collateral is due to be replaced. */
export function nextUpdateOf({ dates }: SignedIntelCollateral): Date {
  return new Date(Math.min(...Object.values(dates).map(({ nextUpdate }) => nextUpdate)));
}

/** The dates of the collateral as a whole: its parts by name. */
export function datesOf(verified: SignedIntelCollateral): Dated {
  const { root_ca_crl, pck_crl, tcb_info, qe_identity } = verified.dates;
  const issued = [root_ca_crl, pck_crl, tcb_info, qe_identity].map((part) => new Date(part.issued));
  return { nextUpdate: nextUpdateOf(verified), issued };
}

const identityIds = { sgx: 'QE', tdx: 'TD_QE' } as const;
const authorityNames = { platform: 'Intel SGX PCK Platform CA', processor: 'Intel SGX PCK Processor CA' } as const;

function checkPlatform(verified: VerifiedIntelCollateral, needed: IntelEndorsementsNeeded, where: string): void {
  const { tcbInfo, qeIdentity, pckAuthorityChain } = verified;
  const parts = [
    ['TCB info', tcbInfo.id, needed.tee.toUpperCase()],
    ['FMSPC', tcbInfo.fmspc, needed.fmspc],
    ['QE identity', qeIdentity.id, identityIds[needed.tee]],
    ['PCK CA', pckAuthorityChain.leaf.commonName, authorityNames[needed.ca]],
  ];
  for (const [part, is, asked] of parts) {
    if (is !== asked) refuseEndorsements('endorsements-other-platform', where, `${part} is ${is}, not ${asked}`);
  }
}

/** What the supplied PCK certificate needs; it must be issued by the authority whose chain was verified. */
function neededBySuppliedCertificate(
  { pckCertificateChain }: IntelCollateral,
  verified: VerifiedIntelCollateral,
  request: IntelEndorsementRequest,
  where: string,
): IntelEndorsementsNeeded {
  if (pckCertificateChain === undefined) {
    return refuseEndorsements('endorsements-malformed', where, 'the PCK certificate is missing');
  }
  const needed = neededByPckCertificate(request.tee, pckCertificateChain);
  if (!needed.ok) {
    const { why, code } = needed.refusal;
    return refuseEndorsements('endorsements-malformed', where, `PCK certificate: ${why} (${code})`, needed.refusal);
  }
  const leaf = new X509Certificate(pckCertificateChain);
  if (!leaf.verify(verified.pckAuthorityChain.leaf.publicKey)) {
    const authority = verified.pckAuthorityChain.leaf.commonName;
    return refuseEndorsements('endorsements-not-genuine', where, `${authority} did not issue the PCK certificate`);
  }
  return needed.value;
}

/**
 * Verifies signatures and platform; dates are left to the appraisal. Refuses by throwing within this package.
 * @param where the source, for the refusal
 * @param trustAnchors default: Intel's root
 */
export function verifyCollateralFor(
  collateral: IntelCollateral,
  request: IntelEndorsementRequest,
  where: string,
  trustAnchors: readonly TrustAnchor[] = intelRoots,
): VerifiedIntelCollateral {
  const outcome = verifyIntelOnce(collateral, trustAnchors);
  if (!outcome.ok) {
    const { code, where: part, why } = outcome.refusal;
    const text = `${describeRequest(request)}: ${part}: ${why} (${code})`;
    return refuseEndorsements('endorsements-not-genuine', where, text, outcome.refusal);
  }
  const verified = outcome.value;
  const needed =
    'pckCertificate' in request ? neededBySuppliedCertificate(collateral, verified, request, where) : request;
  checkPlatform(verified, needed, where);
  return verified;
}
