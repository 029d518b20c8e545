/** Certificates whose public key, or one field beside it, is not as it must be. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { codeOf } from '../__fixtures__/refusals.ts';
import { element, handmade, hex, keysOn, rsaSpki, sequence } from './__fixtures__/handmade.ts';
import { parseCertificate } from './certificate.ts';

const p256 = keysOn('P-256');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const parse = (parts: Parameters<typeof handmade>[3]): string =>
  codeOf(() => parseCertificate(handmade('CA', p256, p256.privateKey, parts)));
const spki = p256.publicKey.export({ format: 'der', type: 'spki' });
const rsaOf = (modulusLength: number, publicExponent = 65537): Buffer =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'der', type: 'spki' });

describe('the public key of a certificate', () => {
  test('may be RSA of 2048 bits or more, or on P-256, P-384 or P-521', () => {
    const accepted = [
      ...['P-256', 'P-384', 'P-521'].map((curve) => keysOn(curve).publicKey.export({ format: 'der', type: 'spki' })),
      ...[rsaOf(2048), rsaOf(3072), rsaOf(2048, 3), rsaSpki(rsa, hex('010001'))],
    ];
    for (const key of accepted) assert.equal(parse({ spki: key }), 'accepted', Buffer.from(key).toString('hex'));
  });

  for (const [title, key] of [
    ['RSA with exponent 1', rsaSpki(rsa, hex('01'))],
    ['RSA with exponent 0', rsaSpki(rsa, hex('00'))],
    ['RSA with exponent 2', rsaSpki(rsa, hex('02'))],
    ['RSA with an even exponent', rsaSpki(rsa, hex('010000'))],
    ['RSA with an exponent of 33 bits', rsaSpki(rsa, hex('0100000001'))],
    ['RSA of 1024 bits', rsaOf(1024)],
    ['RSA of 2047 bits', rsaOf(2047)],
    ['RSA of 2050 bits', rsaOf(2050)],
    ['on secp256k1', keysOn('secp256k1').publicKey.export({ format: 'der', type: 'spki' })],
    ['on P-224', keysOn('P-224').publicKey.export({ format: 'der', type: 'spki' })],
    [
      'on a curve that stands there in full',
      generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }).publicKey.export({
        format: 'der',
        type: 'spki',
      }),
    ],
    ['of Ed25519', generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' })],
    [
      'bound to RSASSA-PSS',
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' }),
    ],
  ] as const) {
    test(`${title} is refused with certificate-key`, () => assert.equal(parse({ spki: key }), 'certificate-key'));
  }

  const { n = '' } = rsa.publicKey.export({ format: 'jwk' });
  const modulus = element(0x02, Buffer.of(0), Buffer.from(n, 'base64url'));
  const rsaAlgorithm = sequence(hex('06092a864886f70d010101 0500'));
  for (const [title, key] of [
    [
      'followed by something within its BIT STRING',
      sequence(rsaAlgorithm, element(0x03, Buffer.of(0), sequence(modulus, hex('0203010001')), hex('0500'))),
    ],
    [
      'with a needless zero before the exponent',
      sequence(rsaAlgorithm, element(0x03, Buffer.of(0), sequence(modulus, hex('020400010001')))),
    ],
    ['that is the point at infinity', sequence(spki.subarray(2, 23), element(0x03, hex('0000')))],
    ['that is no point', Buffer.concat([spki.subarray(0, -1), Buffer.of((spki.at(-1) ?? 0) ^ 1)])],
  ] as const) {
    test(`${title} is refused with certificate-malformed`, () => {
      assert.equal(parse({ spki: key }), 'certificate-malformed');
    });
  }
});

describe('a certificate', () => {
  test('with something after its version is refused with der-malformed', () => {
    assert.equal(parse({ version: hex('020102 0500') }), 'der-malformed');
  });

  test('of version 1 or 2 is refused with certificate-malformed', () => {
    assert.equal(parse({ version: hex('020100') }), 'certificate-malformed');
    assert.equal(parse({ version: hex('020101') }), 'certificate-malformed');
  });

  test('with something within the NULL of its signature algorithm is refused with der-malformed', () => {
    const algorithm = sequence(hex('06092a864886f70d01010b 050100'));
    assert.equal(
      codeOf(() => parseCertificate(handmade('CA', rsa, rsa.privateKey, { algorithm }))),
      'der-malformed',
    );
  });
});
