import assert from 'node:assert/strict';
import { test } from 'node:test';
import { issueUnsecuredToken } from '@atesto/token';
import fc from 'fast-check';
import { accepted, codeOf, issuer, keyOf, sgxClaims, tokenWith } from '../__fixtures__/tokens.ts';
import { inspectToken } from '../index.ts';

test('shows header and claims of a token without trusting it', async () => {
  const { kid } = await keyOf();
  assert.deepEqual(accepted(inspectToken(await tokenWith())), {
    header: { alg: 'ES256', kid, jku: `${issuer}/certs`, typ: 'JWT' },
    claims: sgxClaims,
    signed: true,
  });
});

test('shows an unsecured token as one that is not signed', async () => {
  assert.deepEqual(accepted(inspectToken(accepted(issueUnsecuredToken({ iss: issuer })))), {
    header: { alg: 'none', typ: 'JWT' },
    claims: { iss: issuer },
    signed: false,
  });
});

test('reads members named as those of every object as plain claims', async () => {
  const payload = Buffer.from('{"toString":{"iss":"x"},"constructor":1}').toString('base64url');
  const { claims } = accepted(inspectToken(`e30.${payload}.`));
  assert.deepEqual(Object.keys(claims), ['toString', 'constructor']);
  assert.equal(claims.iss, undefined);
});

test('refuses a claim named __proto__: copies of the claims would have another prototype', () => {
  const payload = Buffer.from('{"__proto__":{"iss":"x"}}').toString('base64url');
  assert.equal(codeOf(inspectToken(`e30.${payload}.`)), 'token-malformed');
});

test('refuses JSON that nests beyond all measure', async () => {
  const deep = Buffer.from(`{"a":${'['.repeat(300_000)}`).toString('base64url');
  assert.equal(codeOf(inspectToken(`e30.${deep}.`)), 'token-malformed');
});

test('property: any text is decoded or refused, never an exception', async () => {
  const base64url = fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64url'));
  const jsonPart = fc.json().map((text) => Buffer.from(text).toString('base64url'));
  const part = fc.oneof(base64url, jsonPart, fc.string());
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 4 }), async (parts) => {
      const verdict = inspectToken(parts.join('.'));
      assert.ok(verdict.ok || verdict.refusal.code === 'token-malformed');
    }),
    { numRuns: 500 },
  );
});
