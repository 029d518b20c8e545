/** Verifies that AMD's endorsements are genuine, and of the chip or the cloud provider's key that was asked about. */
import {
  amdRoots,
  type SnpEndorsements,
  type TrustAnchor,
  type VerifiedSnpEndorsements,
  verifySnpAuthorities,
  verifySnpEndorsements,
} from '@atesto/evidence/advanced';
import type { Dated } from '../cache/supersession.ts';
import { orRefuseAs, refuseEndorsements } from '../refusal.ts';
import { verifyOnce } from '../verify-once.ts';
import { addressedChipId, type SnpEndorsementRequest } from './request.ts';

/** {@link verifySnpEndorsements}, once for each object. */
export const verifySnpOnce = verifyOnce<SnpEndorsements, VerifiedSnpEndorsements>((endorsements, trustAnchors) =>
  verifySnpEndorsements(endorsements, { trustAnchors }),
);

/** The dates of endorsements; undefined: there is no revocation list. */
export interface SnpDates {
  readonly nextUpdate: Date | undefined;
  readonly issued: readonly Date[];
  /** When all certificates are valid; that of the key is valid from the time of the request on, which does not count. */
  readonly validFrom: Date;
  readonly validUntil: Date;
}

const tcbParts = ['fmc', 'bootLoader', 'tee', 'snp', 'microcode'] as const;

/** Verifies chain and list above a key; which of them is wrong tells whose fault that is. */
export function verifyAuthoritiesFor(
  request: SnpEndorsementRequest,
  { authorityChain, revocationList }: Pick<SnpEndorsements, 'authorityChain' | 'revocationList'>,
  where: string,
  trustAnchors?: readonly TrustAnchor[],
): void {
  if ('certificate' in request && authorityChain === request.authorityChain) {
    const supplied = verifySnpAuthorities(authorityChain, 'unchecked', trustAnchors);
    orRefuseAs('supplied-certificate-not-genuine', where, supplied);
  }
  orRefuseAs('endorsements-not-genuine', where, verifySnpAuthorities(authorityChain, revocationList, trustAnchors));
}

/** What is wrong with a certificate that came with the evidence is not the source's fault, when all above it is right. */
function verified(
  endorsements: SnpEndorsements,
  request: SnpEndorsementRequest,
  where: string,
  trustAnchors: readonly TrustAnchor[],
): VerifiedSnpEndorsements {
  if ('certificate' in request) verifyAuthoritiesFor(request, endorsements, where, trustAnchors);
  const code = 'certificate' in request ? 'supplied-certificate-not-genuine' : 'endorsements-not-genuine';
  return orRefuseAs(code, where, verifySnpOnce(endorsements, trustAnchors));
}

/** Verifies signatures and subject; dates are left to the appraisal. Refuses by throwing within this package. */
export function verifySnpSubject(
  endorsements: SnpEndorsements,
  request: SnpEndorsementRequest,
  where: string,
  trustAnchors: readonly TrustAnchor[] = amdRoots,
): SnpDates {
  const { facts, chain, revocationList } = verified(endorsements, request, where, trustAnchors);
  const parts: (readonly [string, string | number, string | number])[] = [
    ['product', facts.product, request.product],
    ['kind of key', facts.kind, request.signingKey],
  ];
  if (!('certificate' in request)) {
    parts.push(['chip id', Buffer.from(facts.hardwareId ?? []).toString('hex'), addressedChipId(request)]);
    for (const part of tcbParts) parts.push([`TCB ${part}`, facts.tcb[part] ?? 0, request.reportedTcb[part] ?? 0]);
  }
  for (const [part, is, asked] of parts) {
    if (is !== asked) refuseEndorsements('endorsements-other-platform', where, `${part} is ${is}, not ${asked}`);
  }
  const validity = {
    validFrom: new Date(Math.max(chain.issuer.notBefore, chain.root.notBefore)),
    validUntil: new Date(Math.min(...chain.certificates.map(({ notAfter }) => notAfter))),
  };
  if (revocationList === undefined) return { nextUpdate: undefined, issued: [], ...validity };
  const { nextUpdate, thisUpdate } = revocationList;
  return { nextUpdate: new Date(nextUpdate), issued: [new Date(thisUpdate)], ...validity };
}

/** The same, and refuses when there is no revocation list. */
export function verifySnp(
  endorsements: SnpEndorsements,
  request: SnpEndorsementRequest,
  where: string,
  trustAnchors?: readonly TrustAnchor[],
): Dated {
  const { nextUpdate, issued } = verifySnpSubject(endorsements, request, where, trustAnchors);
  if (nextUpdate !== undefined) return { nextUpdate, issued };
  return refuseEndorsements('endorsements-malformed', where, 'the revocation list is missing');
}
