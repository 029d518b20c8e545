/**
 * The chain checker against x509-limbo. Vendors' chains have no host names, are given in order and end in a pinned root, so cases about
 * host names, path building and depth do not apply; of the rest, each disagreement has its reason here.
 */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Refused } from '@atesto/core';
import { readVector, vectorsMissing } from '@atesto/vectors';
import { type Certificate, parseCertificate } from './certificate.ts';
import { checkChainValidity, verifyChain } from './chain.ts';
import { extendedKeyUsages } from './extensions.ts';
import { parsePem } from './pem.ts';
import { checkNotRevoked, parseRevocationList, verifyRevocationList } from './revocation.ts';

const folder = ['conformance', 'x509-limbo'] as const;
const skip = vectorsMissing(...folder);

interface LimboCase {
  readonly id: string;
  readonly expected_result: 'SUCCESS' | 'FAILURE';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly crls: readonly string[];
}

const derOf = (pem: string): Uint8Array => parsePem(pem, 'limbo')[0] ?? new Uint8Array();
const listOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');

/** Chains are given whole and in order here: the only order in which each certificate names the next one as its issuer. */
function ordered(leaf: Certificate, others: readonly Certificate[]): Certificate[] {
  const chain = [leaf];
  for (let last = leaf; Buffer.compare(last.issuer, last.subject) !== 0; ) {
    const next = others.find((one) => Buffer.compare(one.subject, last.issuer) === 0 && !chain.includes(one));
    if (next === undefined) break;
    chain.push(next);
    last = next;
  }
  return chain;
}

/** `accepted`, or the code of the refusal. */
function judge(limbo: LimboCase): string {
  try {
    const trusted = limbo.trusted_certs.map((pem) => parseCertificate(derOf(pem)));
    const others = limbo.untrusted_intermediates.map((pem) => parseCertificate(derOf(pem)));
    const chain = ordered(parseCertificate(derOf(limbo.peer_certificate)), [...others, ...trusted]);
    const anchors = trusted.map(({ spkiSha256, commonName }) => ({ name: commonName, spkiSha256, development: true }));
    const verified = verifyChain(chain, { length: chain.length, anchors });
    checkChainValidity(verified, Date.parse(limbo.validation_time ?? '2024-06-01T00:00:00Z'));
    extendedKeyUsages(verified.leaf.extensions, 'leaf');
    for (const pem of limbo.crls) {
      const list = parseRevocationList(listOf(pem), 'crl');
      verifyRevocationList(list, verified.issuer, 'crl');
      checkNotRevoked(verified.leaf, list);
    }
    return 'accepted';
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code;
    throw error;
  }
}

/** Cases that are not about what is verified here. */
const inapplicable: readonly (readonly [about: RegExp, why: string])[] = [
  [/^webpki::(cn|san)::/, 'host names: no certificate of evidence is for a host'],
  [/^rfc5280::san::/, 'host names in subjectAltName, which is not read'],
  [/^rfc5280::ca-as-leaf-wrong-san$/, 'a host name'],
  [/^webpki::eku::/, 'purposes of TLS servers: the callers of the checker ask for the purposes that they need'],
  [/^rfc5280::eku::ee-wrong-eku$/, 'a purpose of TLS servers'],
  [/max-chain-depth/, 'a depth as the caller of a path builder sets it: each kind of chain has its one length'],
  [/^pathological::multiple-chains-expired-intermediate$/, 'path building: chains come in order'],
  [/^rfc5280::root-and-intermediate-swapped$/, 'path building'],
  [/^cve::cve-2024-0567$/, 'path building: cross-signed authorities'],
  [/^rfc5280::nc::nc-forbids-alternate-chain-ica$/, 'path building'],
  [/^crl::certificate-serial-on-crl-different-issuer$/, 'a list of another issuer is refused, not passed over'],
];

const constrained = 'stricter: name constraints are not worked out, so that any is refused';
const identifiers = 'key identifiers help to build paths; chains come in order, and signatures decide';
const webOnly = 'a rule of the CA/Browser Forum for TLS servers';

/** What is judged otherwise than the suite says, and why. */
const disagreements: Readonly<Record<string, string>> = {
  'crl::crlnumber-missing': 'looser: lists are compared by their dates, not by their numbers',
  'pathlen::self-issued-certs-pathlen':
    'stricter: two authorities of one name are taken in order, and a self-issued one counts',
  'rfc5280::aki::leaf-missing-aki': identifiers,
  'rfc5280::aki::intermediate-missing-aki': identifiers,
  'rfc5280::nc::permitted-dns-match': constrained,
  'rfc5280::nc::permitted-dns-match-more': constrained,
  'rfc5280::nc::permitted-ipv4-match': constrained,
  'rfc5280::nc::permitted-ipv6-match': constrained,
  'rfc5280::nc::permitted-dn-match': constrained,
  'rfc5280::nc::permitted-self-issued': constrained,
  'rfc5280::nc::permitted-different-constraint-type': constrained,
  'rfc5280::nc::excluded-different-constraint-type': constrained,
  'rfc5280::nc::nc-forbids-same-chain-ica': constrained,
  'rfc5280::nc::nc-permits-email-exact': constrained,
  'rfc5280::nc::nc-permits-email-domain': constrained,
  'rfc5280::nc::nc-permits-email-literal-asterisk-exact-match': constrained,
  'rfc5280::nc::nc-permits-email-literal-double-asterisk': constrained,
  'rfc5280::nc::nc-permits-email-literal-mid-asterisk': constrained,
  'rfc5280::nc::nc-forbids-othername-noop': constrained,
  'rfc5280::serial::too-long': 'looser: a serial number is compared whole, whatever its length',
  'rfc5280::serial::zero': 'looser: AMD issues every VCEK with serial number 0',
  'rfc5280::ski::root-missing-ski': identifiers,
  'rfc5280::ski::intermediate-missing-ski': identifiers,
  'rfc5280::validity::notafter-fractional': 'stricter: the last second of a certificate ends with its beginning',
  'rfc5280::root-non-critical-basic-constraints': 'looser: basic constraints are read and obeyed, critical or not',
  'rfc5280::leaf-ku-keycertsign':
    'looser: a leaf that is no authority signs no certificate here, whatever its key usage says',
  'webpki::aki::root-with-aki-missing-keyidentifier': identifiers,
  'webpki::aki::root-with-aki-authoritycertissuer': identifiers,
  'webpki::aki::root-with-aki-authoritycertserialnumber': identifiers,
  'webpki::aki::root-with-aki-all-fields': identifiers,
  'webpki::aki::root-with-aki-ski-mismatch': identifiers,
  'webpki::nc::permitted-dns-match-noncritical': constrained,
  'webpki::nc::nc-permits-dns-san-pattern': constrained,
  'webpki::malformed-aia': 'looser: nothing is fetched from a certificate, so that the addresses in it are not read',
  'webpki::ee-basicconstraints-ca': webOnly,
  'webpki::ca-as-leaf': webOnly,
};

const { testcases = [] }: { testcases?: readonly LimboCase[] } =
  skip === false ? JSON.parse(String(readVector(...folder, 'limbo.json'))) : {};

describe('x509-limbo', { skip }, () => {
  const found: Record<string, string> = {};
  for (const limbo of testcases) {
    if (inapplicable.some(([about]) => about.test(limbo.id))) continue;
    const verdict = judge(limbo);
    if ((verdict === 'accepted') !== (limbo.expected_result === 'SUCCESS')) found[limbo.id] = verdict;
  }

  test('every case that applies is judged as the suite says, or for a reason', () => {
    assert.deepEqual(Object.keys(found), Object.keys(disagreements), JSON.stringify(found, undefined, 1));
  });
});
