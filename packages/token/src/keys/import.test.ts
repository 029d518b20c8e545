/** Signing keys that were generated elsewhere. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { accepted, codeOf, issuer, notAfter, notBefore } from '../__fixtures__/keys.ts';
import { importSigningKey, issueToken, jwks } from '../index.ts';

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

test('certifies an imported key and signs with it tokens that jose verifies', async () => {
  const key = accepted(await importSigningKey({ algorithm: 'ES256', issuer, notBefore, notAfter }, ec.privateKey));
  assert.ok(new X509Certificate(key.certificate).verify(ec.publicKey));
  const token = accepted(issueToken(key, { iss: issuer }));
  const { payload } = await jwtVerify(token, createLocalJWKSet(JSON.parse(JSON.stringify(jwks([key])))));
  assert.deepEqual(payload, { iss: issuer });
});

test('refuses a key of another kind, curve or size, and a public one: key-unusable', async () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  for (const [algorithm, key] of [
    ['RS256', ec.privateKey],
    ['ES256', rsa.privateKey],
    ['ES256', p384],
    ['PS256', short],
    ['RS256', rsa.publicKey],
  ] as const) {
    assert.equal(codeOf(await importSigningKey({ algorithm, issuer, notBefore, notAfter }, key)), 'key-unusable');
  }
});
