/**
 * Checks that a certificate chain belongs to a did:x509 identifier. Source: did:x509 method specification, version 0.
 * `did:x509:0:sha256:<base64url of a CA's SHA-256>::<predicate>:<value>…`
 */

import { createHash } from 'node:crypto';
import { refuse } from '../outcome.ts';
import type { Certificate } from './certificate.ts';
import { extendedKeyUsages } from './extensions.ts';

const hashes = ['sha256', 'sha384', 'sha512'];
const subjectOids: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  STREET: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
};

function refuseDid(why: string): never {
  return refuse('did-x509', 'did:x509', why);
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuseDid('a value is not percent-encoded UTF-8');
  }
}

function checkSubject(leaf: Certificate, value: string): void {
  const items = value.split(':');
  if (items.length % 2 !== 0) refuseDid('the subject predicate needs pairs of name and value');
  for (let index = 0; index < items.length; index += 2) {
    const [key = '', encoded = ''] = items.slice(index, index + 2);
    const oid = subjectOids[key] ?? key;
    const present = leaf.subjectAttributes.filter(([attribute]) => attribute === oid);
    if (present.length !== 1 || present[0]?.[1] !== decodePercent(encoded)) {
      refuseDid(
        `the subject of the signing certificate does not have ${key} ${JSON.stringify(decodePercent(encoded))}`,
      );
    }
  }
}

function checkPurpose(leaf: Certificate, purpose: string): void {
  if (!extendedKeyUsages(leaf.extensions, leaf.commonName).includes(purpose)) {
    refuseDid(`the signing certificate is not for purpose ${purpose}`);
  }
}

function checkPredicate(leaf: Certificate, predicate: string): void {
  const separator = predicate.indexOf(':');
  const [name, value] = [predicate.slice(0, separator), predicate.slice(separator + 1)];
  if (separator < 0 || value === '') refuseDid(`predicate ${JSON.stringify(predicate)} has no value`);
  else if (name === 'subject') checkSubject(leaf, value);
  else if (name === 'eku') checkPurpose(leaf, value);
  else refuseDid(`predicate ${JSON.stringify(name)} is not supported`);
}

/**
 * Checks that a verified chain belongs to the identifier.
 * @param chain leaf first; signatures and names must hold already
 */
export function checkDidX509(did: string, chain: readonly Certificate[]): void {
  const [head = '', ...predicates] = did.split('::');
  const [scheme, method, version, hash = '', fingerprint, ...rest] = head.split(':');
  if (scheme !== 'did' || method !== 'x509' || version !== '0' || rest.length > 0 || !hashes.includes(hash)) {
    refuseDid('the identifier does not begin with did:x509:0 and a known hash');
  }
  if (predicates.length === 0) refuseDid('the identifier has no predicate');
  const [leaf, ...authorities] = chain;
  if (leaf === undefined) refuseDid('the chain is empty');
  const pinned = authorities.some(({ der }) => createHash(hash).update(der).digest('base64url') === fingerprint);
  if (!pinned) refuseDid('no authority of the chain has the fingerprint of the identifier');
  for (const predicate of predicates) checkPredicate(leaf, predicate);
}
