/** Finds the genuine revocation lists of an authority, so that they can be kept beyond the endorsements they came with. */

import { createPublicKey, type KeyObject } from 'node:crypto';
import { settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { Certificate } from './certificate.ts';
import { parseRevocationList, type RevocationList, verifyRevocationList } from './revocation.ts';
import { signatureHolds } from './signature.ts';

/** An authority and genuine lists of its own. */
export interface ListIssuer {
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly spkiSha256: string;
  readonly publicKey: KeyObject;
  /** In the order in which they were given. */
  readonly lists: readonly RevocationList[];
}

/** An authority with the lists that it signed; other lists are left out. */
export function listIssuer(authority: Certificate, ders: readonly Uint8Array[]): ListIssuer {
  const lists = ders.flatMap((der) => {
    const list = settle(() => {
      const parsed = parseRevocationList(der, 'revocation list');
      verifyRevocationList(parsed, authority, 'revocation list');
      return parsed;
    });
    return list.ok ? [list.value] : [];
  });
  return { spkiSha256: authority.spkiSha256, publicKey: authority.publicKey, lists };
}

/**
 * Reads a previously verified list, and verifies its signature again.
 * @param spki the authority's SubjectPublicKeyInfo, DER
 */
export function readSignedRevocationList(der: Uint8Array, spki: Uint8Array): Outcome<RevocationList> {
  return settle(() => {
    const list = parseRevocationList(der, 'revocation list');
    const key = importKey(spki);
    if (key === undefined || !signatureHolds(list.signatureAlgorithm, key, list.tbs, list.signature)) {
      return refuse('crl-signature', 'revocation list', 'the list was not signed by this key');
    }
    return list;
  });
}

function importKey(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}
