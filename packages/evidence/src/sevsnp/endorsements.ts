/** Verifies AMD's endorsements for one report: turns them from what a source sent into what an appraisal accepts. */
import { type Outcome, refuse, settle } from '@atesto/core';
import { amdRoots, type TrustAnchor } from '../roots.ts';
import { type Certificate, parseCertificate } from '../x509/certificate.ts';
import { type VerifiedChain, verifyChain } from '../x509/chain.ts';
import { type ListIssuer, listIssuer } from '../x509/list-issuer.ts';
import { parsePemChain } from '../x509/pem.ts';
import {
  listsOfAuthority,
  parseRevocationList,
  type RevocationList,
  verifyRevocationList,
  withFurtherLists,
} from '../x509/revocation.ts';
import { type EndorsementKeyFacts, parseEndorsementKeyFacts } from './certificate.ts';

/** Endorsements as a source sent them: nothing here has been verified. */
export interface SnpEndorsements {
  /** VCEK or VLEK certificate: PEM text, or DER. */
  readonly certificate: string | Uint8Array;
  /** PEM: ASK (or ASVK), then ARK. */
  readonly authorityChain: string;
  /** DER of the product's revocation list, signed by the ARK; `unchecked` is a decision that the appraisal reports. */
  readonly revocationList: Uint8Array | 'unchecked';
  /** DER: further lists of the ARK, of any date. What they revoke is revoked; they supply no dates. */
  readonly furtherRevocationLists?: readonly Uint8Array[];
}

const verified: unique symbol = Symbol('verified');

/** Endorsements whose signatures hold; dates are judged by each appraisal. Reusable for every report of the same key. */
export interface VerifiedSnpEndorsements {
  /** Only {@link verifySnpEndorsements} sets it. */
  readonly [verified]: true;
  readonly chain: VerifiedChain;
  readonly facts: EndorsementKeyFacts;
  readonly revocationList: RevocationList | undefined;
}

function parseLeaf(certificate: string | Uint8Array): Certificate {
  if (typeof certificate !== 'string') return parseCertificate(certificate, 'endorsement key certificate');
  const [leaf, another] = parsePemChain(certificate, 'endorsement key certificate');
  if (leaf === undefined || another !== undefined) {
    return refuse('chain-length', 'endorsement key certificate', 'exactly one certificate is needed');
  }
  return leaf;
}

/**
 * Verifies what stands above an endorsement key, without one: ASK (or ASVK), ARK, and the ARK's revocation list, which it returns. Dates are
 * left to the appraisal.
 */
export function verifySnpAuthorities(
  authorityChain: string,
  revocationList: SnpEndorsements['revocationList'],
  anchors: readonly TrustAnchor[] = amdRoots,
): Outcome<RevocationList | undefined> {
  return settle(() => {
    const { root } = verifyChain(parsePemChain(authorityChain, 'AMD chain'), { length: 2, anchors });
    if (revocationList === 'unchecked') return undefined;
    const list = parseRevocationList(revocationList, 'AMD CRL');
    verifyRevocationList(list, root, 'AMD CRL');
    return list;
  });
}

/** Verifies the chain, the list and the certificate's own extensions; independent of time. */
export function verifySnpEndorsements(
  endorsements: SnpEndorsements,
  anchors: readonly TrustAnchor[] = amdRoots,
): Outcome<VerifiedSnpEndorsements> {
  return settle(() => {
    const leaf = parseLeaf(endorsements.certificate);
    const authorities = parsePemChain(endorsements.authorityChain, 'AMD chain');
    const chain = verifyChain([leaf, ...authorities], { length: 3, anchors });
    const facts = parseEndorsementKeyFacts(leaf);
    return { [verified]: true, chain, facts, revocationList: verifiedList(endorsements, chain.root) };
  });
}

function verifiedList(
  { revocationList, furtherRevocationLists = [] }: SnpEndorsements,
  root: Certificate,
): RevocationList | undefined {
  if (revocationList === 'unchecked') return undefined;
  const list = parseRevocationList(revocationList, 'AMD CRL');
  verifyRevocationList(list, root, 'AMD CRL');
  return withFurtherLists(list, listsOfAuthority(furtherRevocationLists, root, 'AMD CRL'));
}

/** The ARK of endorsements with its genuine lists among theirs, whatever these revoke. */
export function snpListIssuer(
  { authorityChain, revocationList, furtherRevocationLists: further = [] }: Omit<SnpEndorsements, 'certificate'>,
  anchors: readonly TrustAnchor[] = amdRoots,
): Outcome<ListIssuer> {
  return settle(() => {
    const { root } = verifyChain(parsePemChain(authorityChain, 'AMD chain'), { length: 2, anchors });
    return listIssuer(root, [...(revocationList === 'unchecked' ? [] : [revocationList]), ...further]);
  });
}
