/** A chain belongs to a did:x509 when it holds every part of the identifier. Source: did:x509 method specification, version 0. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createSimulatedUvmSigner } from '@atesto/testing/sevsnp';
import { codeOf } from '../__fixtures__/refusals.ts';
import { parseCertificate } from './certificate.ts';
import { checkDidX509 } from './did.ts';

const at = new Date('2026-06-01T12:00:00Z');
const subject = 'C=DE,O=Example GmbH,OU=A:B,CN=Signer ü';
const { certificates } = await createSimulatedUvmSigner({ at, certificates: { signer: { subject } } });
const chain = [certificates.signer, certificates.authority, certificates.root].map((der) => parseCertificate(der));
const print = (der: Uint8Array, hash = 'sha256'): string => createHash(hash).update(der).digest('base64url');
const pinned = `did:x509:0:sha256:${print(certificates.root)}`;
const purpose = '::eku:1.3.6.1.5.5.7.3.36';
const codeFor = (did: string): string => codeOf(() => checkDidX509(did, chain));

for (const [what, did] of [
  ['the root and a purpose', `${pinned}${purpose}`],
  ['another authority', `did:x509:0:sha256:${print(certificates.authority)}${purpose}`],
  ['SHA-384', `did:x509:0:sha384:${print(certificates.root, 'sha384')}${purpose}`],
  ['SHA-512', `did:x509:0:sha512:${print(certificates.root, 'sha512')}${purpose}`],
  ['members of the subject', `${pinned}::subject:C:DE:O:Example%20GmbH`],
  ['a member with a colon and one that is not ASCII', `${pinned}::subject:OU:A%3AB:CN:Signer%20%C3%BC`],
  ['a member by its object identifier', `${pinned}::subject:2.5.4.6:DE`],
  ['a subject and a purpose', `${pinned}::subject:C:DE${purpose}`],
] as const) {
  test(`accepts ${what}`, () => assert.equal(codeFor(did), 'accepted'));
}

for (const [what, did] of [
  ['the fingerprint of the signer itself', `did:x509:0:sha256:${print(certificates.signer)}${purpose}`],
  ['a fingerprint of nothing in the chain', `did:x509:0:sha256:${print(Buffer.from('other'))}${purpose}`],
  ['a fingerprint of another hash', `did:x509:0:sha384:${print(certificates.root)}${purpose}`],
  ['an empty fingerprint', `did:x509:0:sha256:${purpose}`],
  ['no predicate', pinned],
  ['an empty predicate', `${pinned}::`],
  ['a predicate that is not known', `${pinned}::san:dns:example.org`],
  ['a predicate without a value', `${pinned}::eku:`],
  ['another purpose', `${pinned}::eku:1.3.6.1.5.5.7.3.3`],
  ['a good predicate and a wrong one', `${pinned}${purpose}::subject:C:FR`],
  ['another member of the subject', `${pinned}::subject:C:FR`],
  ['a member that the subject lacks', `${pinned}::subject:L:Berlin`],
  ['a name without a value', `${pinned}::subject:C`],
  ['a value that is not percent-encoded UTF-8', `${pinned}::subject:CN:%FF`],
  ['another version of the method', `did:x509:1:sha256:${print(certificates.root)}${purpose}`],
  ['another method', `did:web:0:sha256:${print(certificates.root)}${purpose}`],
  ['a hash that is not known', `did:x509:0:sha1:${print(certificates.root, 'sha1')}${purpose}`],
  ['a part too many', `${pinned}:x${purpose}`],
  ['nothing', ''],
] as const) {
  test(`refuses ${what}`, () => assert.equal(codeFor(did), 'did-x509'));
}

test('refuses an empty chain', () => {
  assert.equal(
    codeOf(() => checkDidX509(`${pinned}${purpose}`, [])),
    'did-x509',
  );
});
