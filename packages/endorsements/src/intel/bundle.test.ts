/** Collateral files are read as written, and chosen by the platform they are for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { appraiseSgx } from '@atesto/evidence';
import { collateralToJson, createSimulatedPlatform } from '@atesto/simulator';
import { readVector, readVectorCollateral, vectorCases, vectorsMissing } from '@atesto/vectors';
import { createBundleSource, createFallbackSource, endorsementCodes, parseIntelCollateralBundle } from '../index.ts';

const at = new Date('2026-01-15T00:00:00Z');
const platform = await createSimulatedPlatform({ at });
const json = JSON.stringify(collateralToJson(await platform.collateral()));
const members: Record<string, unknown> = JSON.parse(json);
const folder = mkdtempSync(join(tmpdir(), 'atesto-bundle-'));
after(() => rmSync(folder, { recursive: true }));
const needed = { tee: 'sgx', fmspc: '000000000000', pceId: '0000', ca: 'platform' } as const;

const code = (outcome: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  outcome.ok ? 'ok' : outcome.refusal.code;

test('a collateral file holds what an appraisal needs', async () => {
  const bundle = parseIntelCollateralBundle(json);
  assert.ok(bundle.ok);
  const trustAnchors = [{ name: 'simulator', spkiSha256: platform.rootFingerprint, development: true }];
  assert.equal(code(appraiseSgx(platform.quote(), bundle.value, { at, trustAnchors })), 'ok');
});

test('revocation lists may be hex, base64 or PEM', () => {
  const der = Buffer.from(String(members.pck_crl), 'hex');
  for (const text of [
    der.toString('hex').toUpperCase(),
    der.toString('base64'),
    `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----\n`,
  ]) {
    const bundle = parseIntelCollateralBundle(JSON.stringify({ ...members, pck_crl: text }));
    assert.ok(bundle.ok);
    assert.ok(der.equals(bundle.value.pckCrl));
  }
});

describe('a collateral file is refused', () => {
  for (const name of Object.keys(members)) {
    test(`without ${name}, or with another type of it`, () => {
      if (name === 'pck_certificate_chain') return;
      const { [name]: _, ...rest } = members;
      assert.equal(code(parseIntelCollateralBundle(JSON.stringify(rest))), 'bundle-malformed');
      assert.equal(code(parseIntelCollateralBundle(JSON.stringify({ ...members, [name]: 5 }))), 'bundle-malformed');
    });
  }
  test('when it is no JSON, no object, or its bytes are in no known encoding', () => {
    for (const text of ['', '[]', 'null', '{', JSON.stringify({ ...members, pck_crl: 'ü!' })]) {
      assert.equal(code(parseIntelCollateralBundle(text)), 'bundle-malformed');
    }
  });
});

test('a directory gives the file of the platform that is asked about, and the same object again', async () => {
  writeFileSync(join(folder, 'platform.json'), json);
  writeFileSync(join(folder, 'notes.txt'), 'not collateral');
  const source = createBundleSource({ path: folder });
  const fmspc = String(Object(JSON.parse(String(members.tcb_info))).fmspc).toLowerCase();
  const [first, second] = [
    await source.get({ ...needed, fmspc }, { at }),
    await source.get({ ...needed, fmspc }, { at }),
  ];
  assert.ok(first.ok && second.ok);
  assert.equal(first.collateral, second.collateral);
  assert.equal(code(await source.get({ ...needed, fmspc: 'ffffffffffff' }, { at })), 'bundle-no-match');
  assert.equal(code(await source.get({ ...needed, fmspc, tee: 'tdx' }, { at })), 'bundle-no-match');
  assert.equal(code(await source.get({ ...needed, fmspc, ca: 'processor' }, { at })), 'bundle-no-match');
});

test('a path that is not there is refused, and a fallback asks the next source', async () => {
  const fmspc = String(Object(JSON.parse(String(members.tcb_info))).fmspc).toLowerCase();
  const missing = createBundleSource({ path: join(folder, 'missing') });
  assert.equal(code(await missing.get(needed, { at })), 'bundle-unreadable');
  const both = createFallbackSource([missing, createBundleSource({ path: join(folder, 'platform.json') })]);
  assert.equal(code(await both.get({ ...needed, fmspc }, { at })), 'ok');
  assert.equal(code(await createFallbackSource([]).get(needed, { at })), 'endorsements-unavailable');
});

test('every code has a meaning', () => {
  for (const meaning of Object.values(endorsementCodes)) assert.match(meaning, /\.$/);
});

describe('real collateral', { skip: vectorsMissing('sgx') }, () => {
  for (const name of vectorCases('sgx')) {
    test(`${name}: the bytes are those that were signed`, () => {
      const bundle = parseIntelCollateralBundle(readVector('sgx', name, 'collateral.json'));
      assert.ok(bundle.ok);
      const hex = (value: unknown): unknown =>
        value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
      const plain = (value: object): unknown =>
        Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hex(item)]));
      assert.deepEqual(plain(bundle.value), plain(readVectorCollateral('sgx', name)));
    });
  }
});
