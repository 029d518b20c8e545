/** Collateral files are read as written. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collateralToJson, createSimulatedPlatform } from '@atesto/testing/sgx';
import { readVector, readVectorCollateral, vectorCases, vectorsMissing } from '@atesto/vectors';
import { outcomeCode as code } from '../__fixtures__/refusals.ts';
import {
  appraiseSgx,
  parseIntelCollateral,
  parseSgxEvidence,
  verifyIntelCollateral,
  writeIntelCollateral,
} from '../advanced.ts';

const at = new Date('2026-01-15T00:00:00Z');
const platform = await createSimulatedPlatform({ at });
const json = JSON.stringify(collateralToJson(await platform.collateral()));
const members: Record<string, unknown> = JSON.parse(json);

test('a collateral file holds what an appraisal needs', async () => {
  const bundle = parseIntelCollateral(json);
  assert.ok(bundle.ok);
  const trustAnchors = [{ name: 'simulator', spkiSha256: platform.rootFingerprint, development: true }];
  const [evidence, verified] = [
    parseSgxEvidence(platform.quote()),
    verifyIntelCollateral(bundle.value, { trustAnchors }),
  ];
  assert.ok(evidence.ok && verified.ok);
  assert.equal(code(appraiseSgx(evidence.value, verified.value, { at })), 'accepted');
});

test('revocation lists may be hex, base64 or PEM', () => {
  const der = Buffer.from(String(members.pck_crl), 'hex');
  for (const text of [
    der.toString('hex').toUpperCase(),
    der.toString('base64'),
    `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----\n`,
  ]) {
    const bundle = parseIntelCollateral(JSON.stringify({ ...members, pck_crl: text }));
    assert.ok(bundle.ok);
    assert.ok(der.equals(bundle.value.pckCrl));
  }
});

describe('a collateral file is refused', () => {
  for (const name of Object.keys(members)) {
    test(`without ${name}, or with another type of it`, () => {
      if (name === 'pck_certificate_chain') return;
      const { [name]: _, ...rest } = members;
      assert.equal(code(parseIntelCollateral(JSON.stringify(rest))), 'collateral-file-malformed');
      assert.equal(code(parseIntelCollateral(JSON.stringify({ ...members, [name]: 5 }))), 'collateral-file-malformed');
    });
  }
  test('when it is no JSON, no object, or its bytes are in no known encoding', () => {
    for (const text of [
      Buffer.from('{"tcb_info":"\xff"}', 'latin1'),
      '',
      '[]',
      'null',
      '{',
      JSON.stringify({ ...members, pck_crl: 'ü!' }),
    ]) {
      assert.equal(code(parseIntelCollateral(text)), 'collateral-file-malformed');
    }
  });
});

test('bytes are plain, whatever reads the file', () => {
  const file = parseIntelCollateral(Buffer.from(json));
  assert.ok(file.ok);
  const bytes = Object.values(file.value).filter((value) => typeof value !== 'string');
  assert.equal(bytes.length, 6);
  for (const one of bytes) assert.equal(Object.getPrototypeOf(one), Uint8Array.prototype);
});

test('a file above the limit is refused before it is read', () => {
  assert.equal(code(parseIntelCollateral(new Uint8Array(16 * 1024 * 1024 + 1))), 'collateral-file-malformed');
});

test('a collateral file that is written is read again the same', () => {
  const bundle = parseIntelCollateral(json);
  assert.ok(bundle.ok);
  assert.equal(writeIntelCollateral(bundle.value), json);
});

describe('real collateral', { skip: vectorsMissing('sgx') }, () => {
  for (const name of vectorCases('sgx')) {
    test(`${name}: the bytes are those that were signed`, () => {
      const bundle = parseIntelCollateral(readVector('sgx', name, 'collateral.json'));
      assert.ok(bundle.ok);
      const hex = (value: unknown): unknown =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
      const plain = (value: object): unknown =>
        Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hex(item)]));
      assert.deepEqual(plain(bundle.value), plain(readVectorCollateral('sgx', name)));
    });
  }
});
