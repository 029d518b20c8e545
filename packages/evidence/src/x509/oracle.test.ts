/** Certificates and revocation lists of real vendors are read as pkijs reads them. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { readVector, readVectorCollateral, vectorCases, vectorsMissing } from '@atesto/vectors';
import fc from 'fast-check';
import * as pkijs from 'pkijs';
import { codeOf } from '../__fixtures__/refusals.ts';
import { parseCertificate } from './certificate.ts';
import { parsePem, parsePemChain } from './pem.ts';
import { parseRevocationList } from './revocation.ts';

const hex = (bytes: ArrayBuffer | Uint8Array): string => Buffer.from(new Uint8Array(bytes)).toString('hex');

const collaterals = ['sgx', 'tdx'].flatMap((tee) => vectorCases(tee).map((name) => readVectorCollateral(tee, name)));
const amdFiles = ['ARK', 'SEV', 'SEV-VLEK'].flatMap((kind) =>
  ['Milan', 'Genoa', 'Turin'].map((product) => `${kind}-${product}.pem`),
);
const amd = vectorsMissing('sevsnp', 'amd-ca')
  ? []
  : amdFiles.map((file) => readVector('sevsnp', 'amd-ca', file).toString('latin1'));
const intel = collaterals.flatMap((collateral) => [
  collateral.pckCrlIssuerChain,
  collateral.tcbInfoIssuerChain,
  collateral.qeIdentityIssuerChain,
]);
const pems = [...new Set([...intel, ...amd])];
const lists = collaterals.flatMap((collateral) => [collateral.rootCaCrl, collateral.pckCrl]);

describe('real certificates and revocation lists', { skip: vectorsMissing('sgx') }, () => {
  test('certificates: every field is what pkijs and node:crypto read', () => {
    assert.ok(pems.length > 0);
    for (const der of pems.flatMap((pem) => parsePem(pem, 'test'))) {
      const ours = parseCertificate(der);
      const theirs = pkijs.Certificate.fromBER(Uint8Array.from(der));
      const node = new X509Certificate(der);
      assert.deepEqual(
        {
          serial: ours.serial,
          issuer: hex(ours.issuer),
          subject: hex(ours.subject),
          subjectAttributes: ours.subjectAttributes,
          notBefore: ours.notBefore,
          notAfter: ours.notAfter,
          extensions: [...ours.extensions].map(([oid, { critical, value }]) => [oid, critical, hex(value)]),
          signature: hex(ours.signature),
          tbs: hex(ours.tbs),
          publicKey: ours.publicKey.export({ format: 'jwk' }),
        },
        {
          serial: hex(theirs.serialNumber.valueBlock.valueHexView),
          issuer: hex(theirs.issuer.toSchema().toBER()),
          subject: hex(theirs.subject.toSchema().toBER()),
          subjectAttributes: theirs.subject.typesAndValues.map(({ type, value }) => [type, value.valueBlock.value]),
          notBefore: theirs.notBefore.value.getTime(),
          notAfter: theirs.notAfter.value.getTime(),
          extensions: theirs.extensions?.map(({ extnID, critical, extnValue }) => [
            extnID,
            critical,
            hex(extnValue.valueBlock.valueHexView),
          ]),
          signature: hex(theirs.signatureValue.valueBlock.valueHexView),
          tbs: hex(theirs.tbsView),
          publicKey: node.publicKey.export({ format: 'jwk' }),
        },
      );
    }
  });

  test('revocation lists: every field is what pkijs reads', () => {
    assert.ok(lists.length > 0);
    for (const der of lists) {
      const ours = parseRevocationList(der, 'test');
      const theirs = pkijs.CertificateRevocationList.fromBER(Uint8Array.from(der));
      assert.deepEqual(
        {
          issuer: hex(ours.issuer),
          thisUpdate: ours.thisUpdate,
          nextUpdate: ours.nextUpdate,
          revoked: [...ours.revoked].sort(),
          signature: hex(ours.signature),
          tbs: hex(ours.tbs),
        },
        {
          issuer: hex(theirs.issuer.toSchema().toBER()),
          thisUpdate: theirs.thisUpdate.value.getTime(),
          nextUpdate: theirs.nextUpdate?.value.getTime(),
          revoked: (theirs.revokedCertificates ?? [])
            .map(({ userCertificate }) => hex(userCertificate.valueBlock.valueHexView))
            .sort(),
          signature: hex(theirs.signatureValue.valueBlock.valueHexView),
          tbs: hex(theirs.tbsView),
        },
      );
    }
  });

  test('a certificate or list cut off anywhere, or with a byte behind it, is refused', () => {
    const [pem = ''] = pems;
    const [certificate = new Uint8Array()] = parsePem(pem, 'test');
    const [list = Buffer.alloc(0)] = lists;
    for (let length = 0; length < certificate.length; length += 1) {
      assert.notEqual(
        codeOf(() => parseCertificate(certificate.subarray(0, length))),
        'accepted',
      );
    }
    for (let length = 0; length < list.length; length += 1) {
      assert.notEqual(
        codeOf(() => parseRevocationList(list.subarray(0, length), 'test')),
        'accepted',
      );
    }
    assert.equal(
      codeOf(() => parseCertificate(Buffer.concat([certificate, Buffer.of(0)]))),
      'der-malformed',
    );
    assert.equal(
      codeOf(() => parseRevocationList(Buffer.concat([list, Buffer.of(0)]), 'test')),
      'der-malformed',
    );
  });

  test('a certificate or list with any byte changed is read or refused, never a crash', () => {
    const [pem = ''] = pems;
    const [certificate = new Uint8Array()] = parsePem(pem, 'test');
    const [list = Buffer.alloc(0)] = lists;
    fc.assert(
      fc.property(fc.nat(), fc.nat(255), (place, value) => {
        for (const [bytes, parse] of [
          [certificate, parseCertificate],
          [list, (der: Uint8Array) => parseRevocationList(der, 'test')],
        ] as const) {
          const changed = Uint8Array.from(bytes);
          changed[place % changed.length] = value;
          codeOf(() => parse(changed));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('PEM', { skip: vectorsMissing('sgx') }, () => {
  const [pem = ''] = pems;

  test('reads chains with any line ends and with nothing between the certificates', () => {
    const count = parsePemChain(pem, 'test').length;
    assert.equal(parsePemChain(pem.replaceAll('\n', '\r\n'), 'test').length, count);
    assert.equal(parsePemChain(pem.replaceAll('-----\n-----', '----------'), 'test').length, count);
  });

  test('refuses texts that hold anything but certificates with pem-malformed', () => {
    for (const text of [
      '',
      '\n',
      'x',
      `x${pem}`,
      `${pem}x`,
      pem.replace('BEGIN CERTIFICATE', 'BEGIN PRIVATE KEY'),
      pem.replace('MI', 'M!'),
      pem.replace('-----END', '----END'),
      pem.replace('\nMI', '\nM I'),
      'A'.repeat(65 * 1024),
    ]) {
      assert.equal(
        codeOf(() => parsePem(text, 'test')),
        'pem-malformed',
        text.slice(0, 40),
      );
    }
  });
});
