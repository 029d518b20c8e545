import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attestationTypeClaims, attestationTypes, attestedBytes, isAttestationType } from './index.ts';

test('attestation types are the names of the API, and nothing else', () => {
  for (const type of attestationTypes) assert.equal(isAttestationType(type), true);
  for (const other of ['sgx', 'sgxenclave', 'constructor', '', undefined, 1])
    assert.equal(isAttestationType(other), false);
});

test('types that tokens are issued for have a claim of their own; both kinds of SGX evidence share one', () => {
  const claims = Object.values(attestationTypeClaims);
  assert.ok(Object.keys(attestationTypeClaims).every(isAttestationType));
  assert.deepEqual([claims.length, new Set(claims).size], [7, 6]);
});

test('data is the bytes that were given, and a text is its UTF-8', () => {
  const bytes = Uint8Array.of(0xc3, 0xa9);
  assert.equal(attestedBytes({ bytes }), bytes);
  assert.equal(attestedBytes({ json: bytes }), bytes);
  assert.deepEqual(attestedBytes({ json: 'é' }), bytes);
});
