/** Looks into revocation lists: one in DER, or any number in PEM. */
import type { Outcome } from '@atesto/core';
import {
  type RevocationList,
  readRevocationList,
  revocationListIssuer,
  revocationListsIn,
} from '@atesto/evidence/advanced';
import type { Facts, Inspector } from './inspection.ts';

/** How many serial numbers are shown. */
const mostShown = 100;

/** What a list says. Times as RFC 3339, serial numbers as hex. */
export function revocationListFacts(list: RevocationList): Facts {
  const revoked = [...list.revoked].sort();
  return {
    issuer: revocationListIssuer(list),
    thisUpdate: new Date(list.thisUpdate).toISOString(),
    nextUpdate: new Date(list.nextUpdate).toISOString(),
    signatureAlgorithm: list.signatureAlgorithm.name,
    revokedCertificates: revoked.length,
    ...(revoked.length === 0 ? {} : { revoked: revoked.slice(0, mostShown) }),
  };
}

/**
 * What tells a list from a certificate: its signed part begins with the version 2 (or, in version 1, with the signature's algorithm), that of a
 * certificate with a version in brackets or the serial number.
 */
function isList(der: Uint8Array): boolean {
  const bytes = Buffer.from(der).subarray(0, 32).toString('latin1');
  const sequence = '\x30(?:[\x01-\x7f]|\x81.|\x82..|\x83...)';
  return new RegExp(`^${sequence}${sequence}(?:\x02\x01\x01)?\x30.\x06`, 's').test(bytes);
}

const isPem = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes).toString('latin1').trimStart().startsWith('-----BEGIN X509 CRL-----');

const malformed = {
  ok: false,
  refusal: { code: 'crl-malformed', where: 'revocation list', why: 'something else stands between the lists' },
} as const;

function readAll(bytes: Uint8Array): Outcome<RevocationList[]> {
  const lists: RevocationList[] = [];
  for (const der of isPem(bytes) ? (revocationListsIn(bytes) ?? []) : [bytes]) {
    const list = readRevocationList(der);
    if (!list.ok) return list;
    lists.push(list.value);
  }
  return lists.length === 0 ? malformed : { ok: true, value: lists };
}

/** One or more revocation lists. */
export const revocationLists: Inspector = {
  recognises: (bytes) => isPem(bytes) || isList(bytes),
  inspect: (bytes) => {
    const found = { kind: 'revocation-lists', title: 'Revocation lists' };
    const lists = readAll(bytes);
    if (!lists.ok) return { ok: false, ...found, refusal: lists.refusal };
    return { ok: true, ...found, facts: { lists: lists.value.map(revocationListFacts) } };
  },
};
