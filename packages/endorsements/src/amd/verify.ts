/** Are these genuine endorsements of the chip, or the provider's key, that was asked about? */
import { amdRoots, type SnpEndorsements, type TrustAnchor, verifySnpEndorsements } from '@atesto/evidence';
import type { Dated } from '../cache/succession.ts';
import { refusedAs, refuseEndorsements } from '../refusal.ts';
import { addressedChipId, type SnpEndorsementRequest } from './request.ts';

const tcbParts = ['fmc', 'bootLoader', 'tee', 'snp', 'microcode'] as const;

/**
 * Verifies signatures and subject; dates are left to the appraisal. Refuses by throwing within this package.
 */
export function verifySnp(
  endorsements: SnpEndorsements,
  request: SnpEndorsementRequest,
  where: string,
  trustAnchors: readonly TrustAnchor[] = amdRoots,
): Dated {
  const { facts, revocationList } = refusedAs('endorsements-not-genuine', where, () =>
    verifySnpEndorsements(endorsements, trustAnchors),
  );
  if (revocationList === undefined)
    return refuseEndorsements('endorsements-malformed', where, 'the revocation list is missing');
  const parts: (readonly [string, string | number, string | number])[] = [
    ['product', facts.product, request.product],
    ['kind of key', facts.kind, request.signingKey],
  ];
  if (request.signingKey === 'VCEK') {
    parts.push(['chip id', Buffer.from(facts.hardwareId ?? []).toString('hex'), addressedChipId(request)]);
    for (const part of tcbParts) parts.push([`TCB ${part}`, facts.tcb[part] ?? 0, request.reportedTcb[part] ?? 0]);
  }
  for (const [part, is, asked] of parts) {
    if (is !== asked) refuseEndorsements('endorsements-other-platform', where, `${part} is ${is}, not ${asked}`);
  }
  return { nextUpdate: new Date(revocationList.nextUpdate), issued: [new Date(revocationList.thisUpdate)] };
}
