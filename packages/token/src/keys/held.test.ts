/** Keys whose private part the package never sees: another holder signs. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { accepted, issuer, notAfter, notBefore } from '../__fixtures__/keys.ts';
import { certifyHeldKey, issueTokenByHolder, jwks, type Sign, type SigningAlgorithm } from '../index.ts';
import { algorithmFacts } from './algorithm.ts';

/** A holder as this package sees it: a public key, and a function that signs. */
function holderOf(algorithm: SigningAlgorithm): { publicKey: KeyObject; sign: Sign } {
  const { key, digest, signOptions } = algorithmFacts[algorithm];
  const { privateKey, publicKey } =
    key.type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: key.modulusBits })
      : generateKeyPairSync('ec', { namedCurve: key.curve });
  return { publicKey, sign: async (bytes) => sign(digest, bytes, { key: privateKey, ...signOptions }) };
}

for (const algorithm of ['RS256', 'PS256', 'ES256', 'ES384'] as const) {
  test(`certifies a held ${algorithm} key and lets its holder sign tokens that jose verifies`, async () => {
    const holder = holderOf(algorithm);
    const key = accepted(
      await certifyHeldKey({ algorithm, issuer, notBefore, notAfter }, holder.publicKey, holder.sign),
    );
    const certificate = new X509Certificate(key.certificate);
    assert.ok(certificate.verify(holder.publicKey));
    assert.deepEqual([certificate.subject, certificate.issuer], [`CN=${issuer}`, `CN=${issuer}`]);
    const token = accepted(await issueTokenByHolder(key, { iss: issuer, answer: 42 }));
    const { payload, protectedHeader } = await jwtVerify(
      token,
      createLocalJWKSet(JSON.parse(JSON.stringify(jwks([key])))),
    );
    assert.deepEqual([payload, protectedHeader.kid], [{ iss: issuer, answer: 42 }, key.kid]);
  });
}

test('refuses with key-unavailable, and without the reason, when the holder does not sign', async () => {
  const holder = holderOf('ES256');
  const request = { algorithm: 'ES256', issuer, notBefore, notAfter } as const;
  const key = accepted(await certifyHeldKey(request, holder.publicKey, holder.sign));
  const broken = { ...key, sign: () => Promise.reject(new Error('slot 4 PIN 123456 is locked')) };
  const outcome = await issueTokenByHolder(broken, { iss: issuer });
  assert.ok(!outcome.ok);
  assert.deepEqual(outcome.refusal, {
    code: 'key-unavailable',
    where: key.kid,
    why: 'the holder of the signing key did not sign; see the log of the service',
  });
});

test('lets a held key sign for no other issuer: issuer-mismatch', async () => {
  const holder = holderOf('ES256');
  const request = { algorithm: 'ES256', issuer, notBefore, notAfter } as const;
  const key = accepted(await certifyHeldKey(request, holder.publicKey, holder.sign));
  const outcome = await issueTokenByHolder(key, { iss: 'https://other.example.org' });
  assert.equal(outcome.ok ? '' : outcome.refusal.code, 'issuer-mismatch');
});
