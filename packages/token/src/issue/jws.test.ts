import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { accepted, codeOf, issuer, keyOf } from '../__fixtures__/keys.ts';
import { issueToken, issueTokenInPool, issueUnsecuredToken, jwks, signingAlgorithms } from '../index.ts';

const claims = { iss: issuer, iat: 1_795_000_000, exp: 1_795_028_800, note: 'Grüße' };

for (const algorithm of signingAlgorithms) {
  for (const [where, issue] of Object.entries({ 'calling thread': issueToken, 'thread pool': issueTokenInPool })) {
    test(`signs with ${algorithm} in the ${where} what jose verifies under the published keys`, async () => {
      const key = await keyOf(algorithm);
      const token = accepted(await issue(key, claims));
      const published = createLocalJWKSet(JSON.parse(JSON.stringify(jwks([key]))));
      const { payload, protectedHeader } = await jwtVerify(token, published, {
        issuer,
        currentDate: new Date(1_795_000_001_000),
      });
      assert.deepEqual(payload, claims);
      assert.deepEqual(Object.entries(protectedHeader), [
        ['alg', algorithm],
        ['kid', key.kid],
        ['jku', `${issuer}/certs`],
        ['typ', 'JWT'],
      ]);
    });
  }
}

test('puts the certificate, or its thumbprint, into the header when asked', async () => {
  const key = await keyOf('ES256');
  const withCertificate = decodeProtectedHeader(accepted(issueToken(key, claims, { certificateHeader: 'x5c' })));
  assert.deepEqual(withCertificate.x5c, [Buffer.from(key.certificate).toString('base64')]);
  const withThumbprint = decodeProtectedHeader(accepted(issueToken(key, claims, { certificateHeader: 'x5t' })));
  assert.equal(withThumbprint.x5t, createHash('sha1').update(key.certificate).digest('base64url'));
  assert.deepEqual(Object.keys(decodeProtectedHeader(accepted(issueToken(key, claims)))), ['alg', 'kid', 'jku', 'typ']);
});

test('keeps integers beyond 2^53 exact in the signed bytes', async () => {
  const key = await keyOf('ES256');
  const token = accepted(issueToken(key, { ...claims, nonce: 18446744073709551615n, low: [-9223372036854775808n] }));
  const { payload } = await compactVerify(token, createLocalJWKSet(JSON.parse(JSON.stringify(jwks([key])))));
  const text = new TextDecoder().decode(payload);
  assert.match(text, /"nonce":18446744073709551615,"low":\[-9223372036854775808\]/);
});

test('issues unsecured tokens with an empty signature and the same claims', () => {
  const [header = '', payload = '', signature, ...rest] = accepted(issueUnsecuredToken(claims)).split('.');
  assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), { alg: 'none', typ: 'JWT' });
  assert.deepEqual(JSON.parse(Buffer.from(payload, 'base64url').toString()), claims);
  assert.deepEqual([signature, rest], ['', []]);
});

test('refuses to sign for another issuer than the key was made for, or for none', async () => {
  const key = await keyOf('ES256');
  assert.equal(codeOf(issueToken(key, { ...claims, iss: 'https://other' })), 'issuer-mismatch');
  assert.equal(codeOf(await issueTokenInPool(key, { iat: 1 })), 'issuer-mismatch');
});

test('refuses a claim that JSON cannot express', async () => {
  const key = await keyOf('ES256');
  assert.equal(codeOf(issueToken(key, { ...claims, svn: Number.NaN })), 'number-not-finite');
  assert.equal(codeOf(issueUnsecuredToken({ nested: [{ x: Number.POSITIVE_INFINITY }] })), 'number-not-finite');
});

test('publishes every key with x5c, kid, use, alg and no private member', async () => {
  for (const algorithm of signingAlgorithms) {
    const key = await keyOf(algorithm);
    const [entry, ...rest] = jwks([key]).keys;
    assert.ok(entry);
    assert.equal(rest.length, 0);
    assert.deepEqual(
      Object.keys(entry).sort(),
      algorithm.startsWith('ES')
        ? ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'x5c', 'y']
        : ['alg', 'e', 'kid', 'kty', 'n', 'use', 'x5c'],
    );
    const certificate = new X509Certificate(Buffer.from(entry.x5c[0], 'base64'));
    assert.equal(certificate.issuer, `CN=${issuer}`);
    assert.ok(certificate.checkPrivateKey(key.privateKey));
  }
});
