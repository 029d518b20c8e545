/** Is this genuine collateral of the platform that was asked about? Nothing enters a cache that does not pass here. */
import { X509Certificate } from 'node:crypto';
import {
  type IntelCollateral,
  type IntelEndorsementsNeeded,
  intelRoots,
  neededByPckCertificate,
  type PreparedIntelCollateral,
  prepareIntelCollateral,
  type SignedIntelCollateral,
  type TrustAnchor,
} from '@atesto/evidence';
import type { Dated } from '../cache/succession.ts';
import { refuseEndorsements } from '../refusal.ts';
import { describeRequest, type IntelEndorsementRequest } from './request.ts';

/** When the first part of the collateral is due to be replaced. */
export function nextUpdateOf({ dates }: SignedIntelCollateral): Date {
  return new Date(Math.min(...Object.values(dates).map(({ nextUpdate }) => nextUpdate)));
}

/** The dates of the collateral as a whole: its parts by name. */
export function datesOf(prepared: SignedIntelCollateral): Dated {
  const { root_ca_crl, pck_crl, tcb_info, qe_identity } = prepared.dates;
  const issued = [root_ca_crl, pck_crl, tcb_info, qe_identity].map((part) => new Date(part.issued));
  return { nextUpdate: nextUpdateOf(prepared), issued };
}

const identityIds = { sgx: 'QE', tdx: 'TD_QE' } as const;
const authorityNames = { platform: 'Intel SGX PCK Platform CA', processor: 'Intel SGX PCK Processor CA' } as const;

function checkPlatform(prepared: PreparedIntelCollateral, needed: IntelEndorsementsNeeded, where: string): void {
  const { tcbInfo, qeIdentity, pckAuthorityChain } = prepared;
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
  prepared: PreparedIntelCollateral,
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
  if (!leaf.verify(prepared.pckAuthorityChain.leaf.publicKey)) {
    const authority = prepared.pckAuthorityChain.leaf.commonName;
    return refuseEndorsements('endorsements-not-genuine', where, `${authority} did not issue the PCK certificate`);
  }
  return needed.value;
}

/**
 * Verifies signatures and platform; dates are left to the appraisal. Refuses by throwing within this package.
 * @param where the source, for the refusal
 * @param trustAnchors default: Intel's root
 */
export function verifyIntelCollateral(
  collateral: IntelCollateral,
  request: IntelEndorsementRequest,
  where: string,
  trustAnchors: readonly TrustAnchor[] = intelRoots,
): PreparedIntelCollateral {
  const outcome = prepareIntelCollateral(collateral, { trustAnchors });
  if (!outcome.ok) {
    const { code, where: part, why } = outcome.refusal;
    const text = `${describeRequest(request)}: ${part}: ${why} (${code})`;
    return refuseEndorsements('endorsements-not-genuine', where, text, outcome.refusal);
  }
  const prepared = outcome.value;
  const needed =
    'pckCertificate' in request ? neededBySuppliedCertificate(collateral, prepared, request, where) : request;
  checkPlatform(prepared, needed, where);
  return prepared;
}
