/** Signing keys in a real software HSM. Skipped, visibly, where SoftHSM or the binding is missing. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { issueTokenByHolder, jwks } from '@atesto/token';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { makeToken, softHsmMissing } from '../../__fixtures__/softhsm.ts';
import { ConfigRefused } from '../../config/problem.ts';
import { Hsm, type HsmSettings } from './hsm.ts';

const issuer = 'https://attest.example.org';
const notBefore = new Date('2026-01-01T00:00:00Z');
const notAfter = new Date('2027-01-01T00:00:00Z');

const skip = softHsmMissing;
const settings = skip === false ? makeToken() : undefined;

/** Opens the token for one test. */
function open(changes: Partial<HsmSettings> = {}): Hsm {
  assert.ok(settings);
  const hsm = Hsm.open({ ...settings, ...changes });
  return hsm;
}

describe('signing keys in an HSM', { skip }, () => {
  for (const algorithm of ['RS256', 'PS256', 'ES256', 'ES384'] as const) {
    test(`makes an ${algorithm} key there, whose tokens jose verifies, and finds it again after a restart`, async () => {
      const first = open();
      const generated = await first.generate({ algorithm, issuer, notBefore, notAfter });
      first.close();
      assert.ok(generated.ok);
      const key = generated.value;
      assert.equal(new X509Certificate(key.certificate).subject, `CN=${issuer}`);
      const second = open();
      assert.ok(await second.has(key));
      const token = await issueTokenByHolder(second.hold(key), { iss: issuer });
      second.close();
      assert.ok(token.ok);
      const keys = createLocalJWKSet(JSON.parse(JSON.stringify(jwks([key]))));
      const { payload, protectedHeader } = await jwtVerify(token.value, keys);
      assert.deepEqual([payload, protectedHeader.alg], [{ iss: issuer }, algorithm]);
    });
  }

  test('makes many signatures at the same time, each of its own token', async () => {
    const hsm = open();
    const generated = await hsm.generate({ algorithm: 'ES256', issuer, notBefore, notAfter });
    assert.ok(generated.ok);
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    const tokens = await Promise.all(
      numbers.map((number) => issueTokenByHolder(generated.value, { iss: issuer, number })),
    );
    hsm.close();
    const keys = createLocalJWKSet(JSON.parse(JSON.stringify(jwks([generated.value]))));
    const verified = await Promise.all(tokens.map((token) => jwtVerify(token.ok ? token.value : '', keys)));
    assert.deepEqual(
      verified.map(({ payload }) => payload.number),
      numbers,
    );
  });

  test('does not sign with a key that the token does not hold: key-unavailable', async () => {
    const hsm = open();
    const generated = await hsm.generate({ algorithm: 'ES256', issuer, notBefore, notAfter });
    assert.ok(generated.ok);
    const kid = Buffer.alloc(32, 7).toString('base64url');
    const isHeld = await hsm.has({ kid });
    const outcome = await issueTokenByHolder(hsm.hold({ ...generated.value, kid }), { iss: issuer });
    hsm.close();
    assert.equal(isHeld, false);
    assert.equal(outcome.ok ? '' : outcome.refusal.code, 'key-unavailable');
  });

  const faults: Record<string, [Partial<HsmSettings>, where: string]> = {
    'a library that is not there': [{ library: '/nowhere/libpkcs11.so' }, 'signing.hsm.library'],
    'a token that is not there': [{ tokenLabel: 'another' }, 'signing.hsm.tokenLabel'],
    'a wrong PIN': [{ pin: 'wrong-pin' }, 'signing.hsm'],
  };
  for (const [name, [changes, where]] of Object.entries(faults)) {
    test(`refuses ${name} with hsm-unusable, without showing the PIN`, () => {
      assert.throws(
        () => open(changes),
        (error) => {
          assert.ok(error instanceof ConfigRefused);
          const [problem] = error.problems;
          assert.deepEqual([problem?.code, problem?.where], ['hsm-unusable', where]);
          assert.ok(!error.message.includes('wrong-pin'));
          return true;
        },
      );
    });
  }
});
