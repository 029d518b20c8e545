/** Parses and verifies certificate revocation lists: complete, direct lists of one authority. Source: RFC 5280, section 5. */
import { refuse } from '../outcome.ts';
import type { Certificate } from './certificate.ts';
import { context, DerReader, tags } from './der.ts';
import { allowsUsage, checkCriticalExtensions, type Extensions, parseExtensions } from './extensions.ts';
import { parseSignatureAlgorithm, type SignatureAlgorithm, signatureHolds } from './signature.ts';

/** One parsed list. Nothing in it is trusted until `verifyRevocationList` has checked its signature. */
export interface RevocationList {
  readonly der: Uint8Array;
  readonly tbs: Uint8Array;
  readonly issuer: Uint8Array;
  /** Milliseconds since 1970. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Serial numbers: the contents of the DER integers, lower-case hex. */
  readonly revoked: ReadonlySet<string>;
  readonly signatureAlgorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

const largestList = 4 * 1024 * 1024;

function parseRevoked(list: DerReader, name: string): Set<string> {
  const revoked = new Set<string>();
  while (!list.done) {
    const entry = list.enter(tags.sequence);
    revoked.add(Buffer.from(entry.integerBytes()).toString('hex'));
    entry.time();
    // A critical entry extension would be `certificateIssuer`: the list would then speak for another authority.
    if (!entry.done) checkCriticalExtensions(parseExtensions(entry, name), [], name);
    entry.end();
  }
  return revoked;
}

function parseListExtensions(tbs: DerReader, name: string): Extensions {
  const wrapped = new DerReader(tbs.expect(context(0)).contents, name);
  const extensions = parseExtensions(wrapped, name);
  wrapped.end();
  // Delta lists and lists of partial scope mark themselves with critical extensions, so none is accepted.
  checkCriticalExtensions(extensions, [], name);
  return extensions;
}

/** Parses a list, which must fill the bytes and name its next update; refuses by throwing within this package. */
export function parseRevocationList(der: Uint8Array, name: string): RevocationList {
  if (der.length > largestList) refuse('crl-malformed', name, 'the revocation list is larger than 4 MiB');
  const outer = new DerReader(der, name);
  const list = outer.enter(tags.sequence);
  outer.end();
  const tbsElement = list.expect(tags.sequence);
  const algorithmElement = list.expect(tags.sequence);
  const signature = list.bitStringBytes();
  list.end();

  const tbs = new DerReader(tbsElement.contents, name);
  if (tbs.peek() !== tags.integer || tbs.smallInteger() !== 1)
    refuse('crl-malformed', name, 'the list is not of version 2');
  if (Buffer.compare(tbs.expect(tags.sequence).whole, algorithmElement.whole) !== 0) {
    refuse('crl-malformed', name, 'the two signature algorithms differ');
  }
  const issuer = tbs.expect(tags.sequence).whole;
  const thisUpdate = tbs.time();
  if (tbs.peek() !== tags.utcTime && tbs.peek() !== tags.generalizedTime) {
    refuse('crl-malformed', name, 'the list has no nextUpdate');
  }
  const nextUpdate = tbs.time();
  const revoked = tbs.peek() === tags.sequence ? parseRevoked(tbs.enter(tags.sequence), name) : new Set<string>();
  if (!tbs.done) parseListExtensions(tbs, name);
  tbs.end();
  return {
    der,
    tbs: tbsElement.whole,
    issuer,
    thisUpdate,
    nextUpdate,
    revoked,
    signatureAlgorithm: parseSignatureAlgorithm(algorithmElement, name),
    signature,
  };
}

/** Verifies that the authority issued the list. */
export function verifyRevocationList(list: RevocationList, authority: Certificate, name: string): void {
  if (Buffer.compare(list.issuer, authority.subject) !== 0) {
    refuse('crl-issuer', name, `the list was not issued in the name of ${authority.commonName}`);
  }
  if (!allowsUsage(authority.extensions, 'cRLSign', authority.commonName)) {
    refuse('chain-key-usage', authority.commonName, 'the key usage does not allow signing revocation lists');
  }
  if (!signatureHolds(list.signatureAlgorithm, authority.publicKey, list.tbs, list.signature)) {
    refuse('crl-signature', name, `the list was not signed by ${authority.commonName}`);
  }
}

/** A list that also contains the revocations of further lists of its authority; keeps its own dates. */
export function withFurtherLists(list: RevocationList, further: readonly RevocationList[]): RevocationList {
  if (further.length === 0) return list;
  return { ...list, revoked: new Set([list, ...further].flatMap(({ revoked }) => [...revoked])) };
}

/**
 * The lists among `ders` that name an authority as their issuer; refuses one that it did not sign.
 * @param ders lists of any authorities
 */
export function listsOfAuthority(ders: readonly Uint8Array[], authority: Certificate, name: string): RevocationList[] {
  const lists = ders.map((der) => parseRevocationList(der, name));
  const own = lists.filter(({ issuer }) => Buffer.compare(issuer, authority.subject) === 0);
  for (const list of own) verifyRevocationList(list, authority, name);
  return own;
}

/** Checks that a certificate of the list's authority is not on it. */
export function checkNotRevoked(certificate: Certificate, list: RevocationList): void {
  if (list.revoked.has(certificate.serial)) {
    refuse('certificate-revoked', certificate.commonName, `serial number ${certificate.serial} is revoked`);
  }
}
