import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import {
  forbidsSignatures,
  isJsonObject,
  jwkFacts,
  type KeyFacts,
  type KeyUse,
  keyFault,
  nodeKeyFacts,
  readJson,
  webKeyFacts,
} from '../index.ts';

const uses: readonly KeyUse[] = ['certificate', 'tpm', 'token', 'access-token'];
const rsa = (bits: number, exponent = 65537n): KeyFacts => ({ kind: 'rsa', bits, exponent });
const usesOf = (facts: KeyFacts): KeyUse[] => uses.filter((use) => keyFault(use, facts) === undefined);

test('accepts RSA from 2048 bits on, in whole bytes, and for each use its curves', () => {
  const accepted: readonly (readonly [KeyFacts, readonly KeyUse[]])[] = [
    [rsa(2048), uses],
    [rsa(3072), uses],
    [rsa(4096), uses],
    [rsa(8192), ['certificate', 'token', 'access-token']],
    [rsa(8200), []],
    [rsa(2047), []],
    [rsa(2049), []],
    [rsa(1024), []],
    [{ kind: 'curve', curve: 'P-256' }, uses],
    [{ kind: 'curve', curve: 'P-384' }, uses],
    [{ kind: 'curve', curve: 'P-521' }, ['certificate', 'access-token']],
    [{ kind: 'curve', curve: 'Ed25519' }, ['access-token']],
    [{ kind: 'other' }, []],
  ];
  for (const [facts, expected] of accepted) assert.deepEqual(usesOf(facts), expected, String(keyFault('tpm', facts)));
});

test('accepts odd RSA exponents from 3 to 2^32-1 alone', () => {
  for (const exponent of [3n, 5n, 17n, 65537n, 2n ** 32n - 1n]) assert.deepEqual(usesOf(rsa(2048, exponent)), uses);
  for (const exponent of [-1n, 0n, 1n, 2n, 4n, 65536n, 2n ** 32n + 1n]) {
    assert.deepEqual(usesOf(rsa(2048, exponent)), [], String(exponent));
  }
});

function jwkOf(key: KeyObject): KeyFacts {
  const reading = readJson(JSON.stringify(key.export({ format: 'jwk' })));
  assert.ok(reading.ok && isJsonObject(reading.value));
  return jwkFacts(reading.value);
}

test('reads the same facts from a key of node:crypto, of WebCrypto, and a JSON Web Key', async () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).publicKey;
  const spki = new Uint8Array(pair.export({ format: 'der', type: 'spki' }));
  const web = await crypto.subtle.importKey('spki', spki, { name: 'RSA-PSS', hash: 'SHA-256' }, true, ['verify']);
  for (const facts of [nodeKeyFacts(pair), webKeyFacts(web), jwkOf(pair)]) assert.deepEqual(facts, rsa(2048, 3n));
  for (const namedCurve of ['P-256', 'P-384', 'P-521'] as const) {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve });
    const der = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
    const key = await crypto.subtle.importKey('spki', der, { name: 'ECDSA', namedCurve }, true, ['verify']);
    for (const facts of [nodeKeyFacts(publicKey), webKeyFacts(key), jwkOf(publicKey)]) {
      assert.deepEqual(facts, { kind: 'curve', curve: namedCurve });
    }
  }
});

test('keys of other kinds, and malformed ones, are of no accepted kind', () => {
  for (const key of [
    generateKeyPairSync('ed25519').publicKey,
    generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey,
    generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey,
  ]) {
    assert.deepEqual(nodeKeyFacts(key), { kind: 'other' });
  }
  const n = Buffer.alloc(256, 0xff).toString('base64url');
  for (const jwk of [
    {},
    { kty: 'oct', k: 'AAAA' },
    { kty: 'RSA', n },
    { kty: 'RSA', e: 'AQAB' },
    { kty: 'RSA', n: `${n}=`, e: 'AQAB' },
    { kty: 'RSA', n: 5, e: 'AQAB' },
    { kty: 'RSA', n: Buffer.alloc(256, 0xfe).toString('base64url'), e: 'AQAB' },
    { kty: 'EC', crv: 'secp256k1' },
    { kty: 'EC', crv: 'Ed25519' },
    { kty: 'OKP', crv: 'X25519' },
    { kty: 'rsa', n, e: 'AQAB' },
  ]) {
    assert.deepEqual(jwkFacts(jwk), { kind: 'other' }, JSON.stringify(jwk).slice(0, 60));
  }
  assert.deepEqual(
    jwkFacts({ kty: 'RSA', n: Buffer.alloc(258, 0xff).fill(0, 0, 2).toString('base64url'), e: 'AQ' }),
    rsa(2048, 1n),
  );
});

test('honours use, key_ops and alg of a JSON Web Key (RFC 7517, 4.2 to 4.4)', () => {
  for (const jwk of [
    {},
    { use: 'sig' },
    { key_ops: ['verify'] },
    { key_ops: ['sign', 'verify'], use: 'sig' },
    { alg: 'RS256' },
  ]) {
    assert.equal(forbidsSignatures(jwk, 'RS256'), false, JSON.stringify(jwk));
  }
  for (const jwk of [
    { use: 'enc' },
    { use: ['sig'] },
    { key_ops: [] },
    { key_ops: ['sign'] },
    { key_ops: ['encrypt'] },
    { key_ops: ['verify', 'verify'] },
    { key_ops: 'verify' },
    { key_ops: null },
    { use: 'sig', key_ops: ['encrypt'] },
    { alg: 'PS256' },
    { alg: null },
  ]) {
    assert.equal(forbidsSignatures(jwk, 'RS256'), true, JSON.stringify(jwk));
  }
  assert.equal(forbidsSignatures({ key_ops: ['sign'] }, undefined, ['sign', 'verify']), false);
});
