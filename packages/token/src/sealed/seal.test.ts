import assert from 'node:assert/strict';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { accepted, codeOf, issuer, keyOf } from '../__fixtures__/keys.ts';
import {
  issueToken,
  openSigningKey,
  type SealedSigningKey,
  type SealingSecret,
  type SigningKey,
  sealSigningKey,
  signingAlgorithms,
} from '../index.ts';

const cost = 2 ** 14;
const keyFile: SealingSecret = { kind: 'key', key: new Uint8Array(32).fill(7) };
const passphrase: SealingSecret = { kind: 'passphrase', passphrase: 'correct horse battery staple' };
let key: SigningKey;
let sealed: SealedSigningKey;

before(async () => {
  key = await keyOf('ES256');
  sealed = accepted(await sealSigningKey(key, keyFile, randomBytes));
});

for (const algorithm of signingAlgorithms) {
  test(`opens a sealed ${algorithm} key after a way through JSON to the same key`, async () => {
    const original = await keyOf(algorithm);
    for (const secret of [keyFile, passphrase]) {
      const atRest = JSON.stringify(accepted(await sealSigningKey(original, secret, randomBytes, { cost })));
      const opened = accepted(await openSigningKey(JSON.parse(atRest), secret));
      const { privateKey, ...names } = opened;
      const { privateKey: originalPrivate, ...originalNames } = original;
      assert.deepEqual(
        { ...names, certificate: Buffer.from(names.certificate) },
        {
          ...originalNames,
          certificate: Buffer.from(originalNames.certificate),
        },
      );
      assert.ok(privateKey.equals(originalPrivate));
      assert.ok(issueToken(opened, { iss: issuer }).ok);
    }
  });
}

test('shows no part of the private key at rest', async () => {
  const jwk = key.privateKey.export({ format: 'jwk' });
  const atRest = Buffer.from(sealed.ciphertext, 'base64url');
  assert.ok(!atRest.includes(Buffer.from(jwk.d ?? '', 'base64url')));
});

test('seals the same key differently each time the random bytes differ', async () => {
  const again = accepted(await sealSigningKey(key, keyFile, randomBytes));
  assert.notEqual(again.ciphertext, sealed.ciphertext);
  assert.notEqual(again.check, sealed.check);
});

test('stretches passphrases with scrypt N = 2^17 unless told otherwise', async () => {
  const { derivation } = accepted(await sealSigningKey(key, passphrase, randomBytes));
  assert.deepEqual(derivation, { kind: 'passphrase', salt: derivation.salt, cost: 131072 });
});

test('refuses a wrong key file and a wrong passphrase', async () => {
  const other: SealingSecret = { kind: 'key', key: new Uint8Array(32).fill(8) };
  assert.equal(codeOf(await openSigningKey(sealed, other)), 'secret-wrong');
  const byPassphrase = accepted(await sealSigningKey(key, passphrase, randomBytes, { cost }));
  const wrong: SealingSecret = { kind: 'passphrase', passphrase: 'correct horse battery stapl' };
  assert.equal(codeOf(await openSigningKey(byPassphrase, wrong)), 'secret-wrong');
});

test('refuses a passphrase where a key file sealed', async () => {
  assert.equal(codeOf(await openSigningKey(sealed, passphrase)), 'secret-kind');
});

test('refuses empty passphrases, keys of other than 32 bytes and costs out of range', async () => {
  const unusable: SealingSecret[] = [
    { kind: 'passphrase', passphrase: '' },
    { kind: 'key', key: new Uint8Array(31) },
  ];
  for (const secret of unusable) {
    assert.equal(codeOf(await sealSigningKey(key, secret, randomBytes, { cost })), 'secret-invalid');
  }
  for (const badCost of [2 ** 13, 2 ** 14 + 1, 2 ** 19]) {
    assert.equal(codeOf(await sealSigningKey(key, passphrase, randomBytes, { cost: badCost })), 'secret-invalid');
  }
});

test('refuses each readable member when it is changed, and the encrypted one', async () => {
  const other = accepted(await sealSigningKey(await keyOf('ES384'), keyFile, randomBytes));
  const changes: Partial<SealedSigningKey>[] = [
    { kid: other.kid },
    { algorithm: 'ES384' },
    { issuer: 'https://other' },
    { certificate: other.certificate },
    { nonce: other.nonce },
    { ciphertext: other.ciphertext },
    { ciphertext: sealed.ciphertext.slice(0, -4) },
    { tag: other.tag },
  ];
  for (const change of changes) {
    assert.equal(codeOf(await openSigningKey({ ...sealed, ...change }, keyFile)), 'sealed-key-tampered');
  }
});

test('refuses a version that it does not know', async () => {
  for (const version of [0, 2, '1', undefined]) {
    assert.equal(codeOf(await openSigningKey({ ...sealed, version }, keyFile)), 'sealed-key-version');
  }
});

test('refuses what has not the shape of a sealed key', async () => {
  const { tag: _tag, ...withoutTag } = sealed;
  const salt = sealed.derivation.salt;
  const malformed: unknown[] = [
    null,
    [],
    'text',
    withoutTag,
    { ...sealed, extra: 1 },
    { ...sealed, kid: 5 },
    { ...sealed, algorithm: 'HS256' },
    { ...sealed, tag: 'AAAA' },
    { ...sealed, nonce: `${sealed.nonce}=` },
    { ...sealed, ciphertext: '' },
    { ...sealed, derivation: { kind: 'none', salt } },
    { ...sealed, derivation: { kind: 'key', salt, cost } },
    { ...sealed, derivation: { kind: 'passphrase', salt, cost: 2 ** 30 } },
    { ...sealed, derivation: null },
  ];
  for (const value of malformed) assert.equal(codeOf(await openSigningKey(value, keyFile)), 'sealed-key-malformed');
});

test('refuses a private key that was sealed under names that are not its own', async () => {
  const other = await keyOf('ES384');
  const rsa = await keyOf('RS256');
  const inconsistent: SigningKey[] = [
    { ...key, certificate: other.certificate },
    { ...key, certificate: Uint8Array.of(1, 2, 3) },
    { ...key, issuer: 'https://other' },
    { ...key, kid: other.kid },
    { ...key, algorithm: 'ES384' },
    { ...rsa, algorithm: 'ES256' },
  ];
  for (const wrong of inconsistent) {
    const atRest: SealedSigningKey = accepted(await sealSigningKey(wrong, keyFile, randomBytes));
    assert.equal(codeOf(await openSigningKey(atRest, keyFile)), 'sealed-key-inconsistent');
  }
});

test('refuses sealed bytes that are no private key', async (context) => {
  const broken = { ...key, privateKey: createPrivateKey(key.privateKey.export({ format: 'pem', type: 'pkcs8' })) };
  context.mock.method(broken.privateKey, 'export', () => Buffer.from('x'));
  const atRest = accepted(await sealSigningKey(broken, keyFile, randomBytes));
  assert.equal(codeOf(await openSigningKey(atRest, keyFile)), 'sealed-key-inconsistent');
});

test('property: no changed character of the file opens', async () => {
  const text = JSON.stringify(sealed);
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 0x20, max: 0x7e }), async (index, code) => {
      const changed = text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1);
      fc.pre(changed !== text);
      let json: unknown;
      try {
        json = JSON.parse(changed);
      } catch {
        return;
      }
      assert.equal((await openSigningKey(json, keyFile)).ok, false);
    }),
    { numRuns: 300 },
  );
});
