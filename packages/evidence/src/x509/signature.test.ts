/** Only the listed algorithms are accepted, and only with keys of their type. */
import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { describe, test } from 'node:test';
import { codeOf } from '../__fixtures__/refusals.ts';
import { DerReader } from './der.ts';
import { parseSignatureAlgorithm, signatureHolds } from './signature.ts';

const parse = (hex: string) => parseSignatureAlgorithm(new DerReader(Buffer.from(hex, 'hex'), 'test').next(), 'test');
const ecdsa = (last: string): string => `300a06082a8648ce3d0403${last}`;
const pkcs1 = (last: string): string => `300d06092a864886f70d0101${last}0500`;
const pssParameters =
  '3034a00f300d06096086480165030402020500a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130';
const pss = `304106092a864886f70d01010a${pssParameters}`;

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const message = Buffer.from('signed');

describe('a signature algorithm', () => {
  test('of ECDSA or RSA with SHA-256, SHA-384 or SHA-512 is accepted, and RSASSA-PSS with SHA-384', () => {
    const names = [ecdsa('02'), ecdsa('03'), ecdsa('04'), pkcs1('0b'), pkcs1('0c'), pkcs1('0d'), pss].map(
      (hex) => parse(hex).name,
    );
    assert.deepEqual(names, [
      'ecdsa-with-SHA256',
      'ecdsa-with-SHA384',
      'ecdsa-with-SHA512',
      'sha256WithRSAEncryption',
      'sha384WithRSAEncryption',
      'sha512WithRSAEncryption',
      'rsassaPss with SHA-384',
    ]);
  });

  test('of another kind is refused with certificate-signature-algorithm', () => {
    const sha1Pss = '300d06092a864886f70d01010a3000';
    const shortSalt = pss.replace('a203020130', 'a203020120');
    for (const hex of [ecdsa('01'), pkcs1('05'), pkcs1('04'), pkcs1('0e'), sha1Pss, shortSalt, '300506032b6570']) {
      assert.equal(
        codeOf(() => parse(hex)),
        'certificate-signature-algorithm',
        hex,
      );
    }
  });

  test('with something after it is refused with der-malformed', () => {
    assert.equal(
      codeOf(() => parse('300c06082a8648ce3d0403020500')),
      'der-malformed',
    );
  });

  test('holds for the key that signed, and for no other key, message, type or padding', () => {
    const byP256 = sign('sha256', message, p256.privateKey);
    const byP384 = sign('sha384', message, p384.privateKey);
    const byRsa = sign('sha384', message, rsa.privateKey);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    const byPss = (saltLength: number) => sign('sha384', message, { key: rsa.privateKey, padding, saltLength });
    const holds: boolean[] = [
      signatureHolds(parse(ecdsa('02')), p256.publicKey, message, byP256),
      signatureHolds(parse(ecdsa('03')), p384.publicKey, message, byP384),
      signatureHolds(parse(pkcs1('0c')), rsa.publicKey, message, byRsa),
      signatureHolds(parse(pss), rsa.publicKey, message, byPss(48)),
    ];
    assert.deepEqual(holds, [true, true, true, true]);
    const refused: boolean[] = [
      signatureHolds(parse(ecdsa('02')), generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, message, byP256),
      signatureHolds(parse(ecdsa('02')), p256.publicKey, Buffer.from('other'), byP256),
      signatureHolds(parse(ecdsa('03')), p256.publicKey, message, byP256),
      signatureHolds(parse(ecdsa('03')), rsa.publicKey, message, byRsa),
      signatureHolds(parse(pkcs1('0c')), p384.publicKey, message, byP384),
      signatureHolds(parse(pkcs1('0c')), rsa.publicKey, message, byPss(48)),
      signatureHolds(parse(pss), rsa.publicKey, message, byRsa),
      signatureHolds(parse(pss), rsa.publicKey, message, byPss(32)),
      signatureHolds(parse(ecdsa('02')), p256.publicKey, message, Buffer.concat([byP256, Buffer.of(0)])),
      signatureHolds(parse(ecdsa('02')), p256.publicKey, message, Buffer.from('3006020100020100', 'hex')),
      signatureHolds(parse(ecdsa('02')), p256.publicKey, message, Buffer.alloc(0)),
    ];
    assert.deepEqual(
      refused,
      refused.map(() => false),
    );
  });
});
