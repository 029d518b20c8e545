import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { calculateJwkThumbprint } from 'jose';
import { accepted, codeOf, issuer, keyOf, notAfter, notBefore } from '../__fixtures__/keys.ts';
import { generateSigningKey, signingAlgorithms } from '../index.ts';

for (const algorithm of signingAlgorithms) {
  test(`makes a ${algorithm} key whose self-signed certificate shows exactly CN=<issuer> twice`, async () => {
    const key = await keyOf(algorithm);
    const certificate = new X509Certificate(key.certificate);
    assert.equal(certificate.subject, `CN=${issuer}`);
    assert.equal(certificate.issuer, `CN=${issuer}`);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.ok(certificate.checkPrivateKey(key.privateKey));
    assert.deepEqual([key.notBefore, key.notAfter], [notBefore, notAfter]);
    assert.equal(certificate.ca, false);
  });

  test(`names a ${algorithm} key by its RFC 7638 thumbprint, as jose computes it`, async () => {
    const key = await keyOf(algorithm);
    assert.equal(key.kid, await calculateJwkThumbprint({ ...key.publicKey }, 'sha256'));
  });
}

test('makes RS256 keys of 2048 bits unless told otherwise', async () => {
  const key = accepted(await generateSigningKey({ issuer, notBefore, notAfter }));
  assert.equal(key.algorithm, 'RS256');
  assert.equal(key.privateKey.asymmetricKeyDetails?.modulusLength, 2048);
});

test('lets an extension commit to the public key and stand in the certificate', async () => {
  const oid = '1.3.6.1.4.1.311.105.1';
  let committed: Uint8Array = new Uint8Array();
  const key = accepted(
    await generateSigningKey({
      algorithm: 'ES256',
      issuer,
      notBefore,
      notAfter,
      extensions: (spki) => {
        committed = spki;
        return [{ oid, critical: false, value: Uint8Array.of(4, 3, 1, 2, 3) }];
      },
    }),
  );
  assert.deepEqual(
    new Uint8Array(new X509Certificate(key.certificate).publicKey.export({ format: 'der', type: 'spki' })),
    committed,
  );
  const encodedOid = Buffer.from('06092b060104018237690104050403010203', 'hex');
  assert.ok(Buffer.from(key.certificate).includes(encodedOid));
});

const unusableIssuers: Record<string, string> = {
  'is not a URI': 'localhost',
  'is not of http or https': 'ftp://localhost',
  'ends in a slash': 'https://localhost/',
  'has a query': 'https://localhost?x=1',
  'has a fragment': 'https://localhost#x',
  'carries credentials': 'https://user:secret@localhost',
  'has a character that a distinguished name escapes': 'https://localhost/a,b',
  'has a character beyond ASCII': 'https://localhost/ä',
  'has a line break': 'https://localhost/a\nb',
};
for (const [what, unusable] of Object.entries(unusableIssuers)) {
  test(`refuses an issuer that ${what}`, async () => {
    assert.equal(codeOf(await generateSigningKey({ issuer: unusable, notBefore, notAfter })), 'issuer-invalid');
  });
}

test('refuses an algorithm that it does not know', async () => {
  const algorithm: string = 'HS256';
  // @ts-expect-error only the four algorithms type-check; configuration can hold any text
  assert.equal(codeOf(await generateSigningKey({ algorithm, issuer, notBefore, notAfter })), 'algorithm-unknown');
});

test('refuses a certificate that ends before it begins, or at no time', async () => {
  for (const end of [notBefore, new Date(Number.NaN)]) {
    assert.equal(codeOf(await generateSigningKey({ issuer, notBefore, notAfter: end })), 'validity-invalid');
  }
});
