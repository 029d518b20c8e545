/** Verifies AMD's endorsements for one report: turns them from what a source sent into what an appraisal accepts. */
import { ConfigurationError, checkBytes, checkList, checkObject, checkText, settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import { amdRoots, frozenAnchors, type TrustAnchor } from '../roots.ts';
import { checkVerificationOptions, type VerificationOptions } from '../trust-anchors.ts';
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

/** Throws `ConfigurationError` for what cannot be endorsements, such as a copy of verified ones. */
export function checkSnpEndorsements(endorsements: Partial<SnpEndorsements>, option: string): void {
  checkObject(endorsements, option);
  const { certificate = '', authorityChain = '', revocationList, furtherRevocationLists = [] } = endorsements;
  if (typeof certificate !== 'string') checkBytes(certificate, `${option}.certificate`);
  checkText(authorityChain, `${option}.authorityChain`);
  if (revocationList !== 'unchecked') checkBytes(revocationList, `${option}.revocationList`);
  checkList(furtherRevocationLists, `${option}.furtherRevocationLists`);
  for (const list of furtherRevocationLists) checkBytes(list, `${option}.furtherRevocationLists`);
}

interface SnpEndorsementFacts {
  readonly chain: VerifiedChain;
  readonly facts: EndorsementKeyFacts;
  readonly revocationList: RevocationList | undefined;
}

/** Known to this module alone, so that nobody else makes what passes for verified. */
const own: unique symbol = Symbol('verifySnpEndorsements');
const expected = 'endorsements that verifySnpEndorsements returned, themselves: a copy is not verified';

/**
 * Endorsements whose signatures hold; dates are judged by each appraisal. Reusable for every report of the same key. Only
 * {@link verifySnpEndorsements} makes them; they cannot be changed, and no copy of them is accepted.
 */
export class VerifiedSnpEndorsements implements SnpEndorsementFacts {
  readonly #verified: SnpEndorsementFacts;

  /** Throws `ConfigurationError` for everyone but {@link verifySnpEndorsements}. */
  constructor(verified: SnpEndorsementFacts, maker: typeof own) {
    if (maker !== own) throw new ConfigurationError('endorsements', expected);
    this.#verified = verified;
    Object.freeze(this);
  }

  /** Whether a value is verified endorsements themselves, neither a copy nor an imitation. */
  static is(value: unknown): value is VerifiedSnpEndorsements {
    return typeof value === 'object' && value !== null && #verified in value;
  }

  /** VCEK or VLEK certificate, ASK or ASVK, ARK. */
  get chain(): VerifiedChain {
    return this.#verified.chain;
  }

  /** What the certificate says of the key. */
  get facts(): EndorsementKeyFacts {
    return this.#verified.facts;
  }

  /** With what further lists of the ARK revoke; undefined: revocation is unchecked. */
  get revocationList(): RevocationList | undefined {
    return this.#verified.revocationList;
  }
}

/** Throws `ConfigurationError` for anything but verified endorsements themselves. */
export function checkVerified(endorsements: VerifiedSnpEndorsements): void {
  if (!VerifiedSnpEndorsements.is(endorsements)) throw new ConfigurationError('endorsements', expected);
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

/**
 * Verifies the chain, the list and the certificate's own extensions; independent of time. Throws `ConfigurationError` for unknown or invalid
 * options.
 */
export function verifySnpEndorsements(
  endorsements: SnpEndorsements,
  options: VerificationOptions = {},
): Outcome<VerifiedSnpEndorsements> {
  checkSnpEndorsements(endorsements, 'endorsements');
  checkVerificationOptions(options);
  const { trustAnchors: anchors = amdRoots } = options;
  return settle(() => {
    const leaf = parseLeaf(endorsements.certificate);
    const authorities = parsePemChain(endorsements.authorityChain, 'AMD chain');
    const chain = verifyChain([leaf, ...authorities], { length: 3, anchors: frozenAnchors(anchors) });
    const facts = parseEndorsementKeyFacts(leaf);
    const revocationList = verifiedList(endorsements, chain.root);
    return new VerifiedSnpEndorsements({ chain, facts, revocationList }, own);
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
