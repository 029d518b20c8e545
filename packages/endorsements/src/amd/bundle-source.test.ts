/** A directory of AMD's certificates and lists gives what an appraisal needs, and says what it lacks. */

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parseSnpReport, snpLookupFor } from '@atesto/evidence/advanced';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { readVector, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import { appraiseReport } from '../__fixtures__/appraise-report.ts';
import { codeOf } from '../__fixtures__/platform.ts';
import {
  createSnpBundleSource,
  type SnpBundleSourceOptions,
  type SnpEndorsementRequest,
  snpRequestFor,
} from '../index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const keys = await generateAmdKeys(2048);
const platform = await createSimulatedSnpPlatform({ at, keys, chipId: 'ab'.repeat(64) });
const { ark, ask, asvk, vcek, vlek } = platform.certificates;
const list = Buffer.from(await platform.revocationList());
const trustAnchors = [{ name: 'simulator', spkiSha256: platform.rootFingerprint, development: true }];
const root = mkdtempSync(join(tmpdir(), 'atesto-amd-'));
after(() => rmSync(root, { recursive: true }));

const der = (pem: string): Buffer => new X509Certificate(pem).raw;
const whole = { 'vcek.der': der(vcek), 'milan.pem': ask + asvk + ark, 'milan.crl': list };
const otherChip = await createSimulatedSnpPlatform({ at, keys, chipId: 'cd'.repeat(64) });

function sourceOf(files: Record<string, string | Uint8Array>, options: Partial<SnpBundleSourceOptions> = {}) {
  const path = mkdtempSync(join(root, 'case-'));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
  return { path, source: createSnpBundleSource({ path, trustAnchors, ...options }) };
}

/** What is asked for a report of the platform. */
function requestOf(signingKey: 'VCEK' | 'VLEK', supplied?: string): SnpEndorsementRequest {
  const report = parseSnpReport(platform.report({ signingKey }));
  assert.ok(report.ok);
  const lookup = snpLookupFor(report.value.report, supplied);
  assert.ok(lookup.ok);
  const request = snpRequestFor(lookup.value);
  assert.ok(request.ok);
  return request.value;
}

async function appraises(
  files: Record<string, string | Uint8Array>,
  signingKey: 'VCEK' | 'VLEK',
  supplied?: string,
): Promise<string> {
  const result = await sourceOf(files).source.get(requestOf(signingKey, supplied), { at });
  if (!result.ok) return result.refusal.code;
  return codeOf(appraiseReport(platform.report({ signingKey }), result.value.collateral, at, trustAnchors));
}

describe('a directory gives what an appraisal needs', () => {
  test('of a VCEK: certificate, authorities and list, in DER or PEM, in files of any name', async () => {
    assert.equal(await appraises(whole, 'VCEK'), 'ok');
    const pemList = `-----BEGIN X509 CRL-----\n${list.toString('base64')}\n-----END X509 CRL-----\n`;
    assert.equal(await appraises({ 'all.PEM': pemList + vcek + ark + ask, 'notes.txt': 'no' }, 'VCEK'), 'ok');
  });

  test('of a VLEK, and of a VCEK, that came with the evidence', async () => {
    assert.equal(await appraises(whole, 'VLEK', vlek), 'ok');
    const { 'vcek.der': _, ...authorities } = whole;
    assert.equal(await appraises(authorities, 'VCEK', vcek + ask + ark), 'ok');
  });

  test('of a VLEK whose authorities came with it, where the directory has the list alone', async () => {
    assert.equal(await appraises({ 'milan.crl': list }, 'VLEK', vlek + asvk + ark), 'ok');
    assert.equal(await appraises({ 'milan.crl': list }, 'VLEK', vlek), 'bundle-incomplete');
    assert.equal(await appraises({ 'ark.pem': ark, 'milan.crl': list }, 'VLEK', vlek + ask + ark), 'bundle-incomplete');
    assert.equal(await appraises({ 'ark.pem': ark }, 'VLEK', vlek + asvk + ark), 'bundle-incomplete');
    const broken = Buffer.concat([list.subarray(0, -1), Buffer.of(list.at(-1) === 0 ? 1 : 0)]);
    assert.equal(await appraises({ 'milan.crl': broken }, 'VLEK', vlek + asvk + ark), 'endorsements-not-genuine');
  });

  test('the same object again, and how fresh the list is', async () => {
    const { path, source } = sourceOf(whole, { clock: () => at });
    const [first, second] = [
      await source.get(requestOf('VCEK'), { at }),
      await source.get(requestOf('VCEK'), { at: new Date('2028-01-01T00:00:00Z') }),
    ];
    assert.ok(first.ok && second.ok);
    assert.equal(first.value.collateral, second.value.collateral);
    const nextUpdate = new Date('2027-05-31T12:00:00Z');
    assert.deepEqual(first.value.freshness, { fetchedAt: at, nextUpdate, source: path, stale: false });
    assert.equal(second.value.freshness?.stale, true);
  });

  test('with the list that lasts longest, but none that was issued later', async () => {
    const lists = await Promise.all(
      [-30, 0, 30].map(async (days) => {
        const around = new Date(at.getTime() + days * 24 * 3600 * 1000);
        return Buffer.from(await platform.revocationList({ at: around }));
      }),
    );
    const files = Object.fromEntries(lists.map((bytes, index) => [`${index}.crl`, bytes]));
    const got = await sourceOf({ ...whole, ...files }).source.get(requestOf('VCEK'), { at });
    assert.ok(got.ok);
    assert.deepEqual(got.value.collateral.revocationList, lists[1]);
  });

  test('read again when a file changed', async () => {
    let now = at;
    const { path, source } = sourceOf({ ...whole, 'vcek.der': der(otherChip.certificates.vcek) }, { clock: () => now });
    assert.equal(codeOf(await source.get(requestOf('VCEK'), { at })), 'bundle-no-match');
    writeFileSync(join(path, 'vcek.der'), `${vcek}\n`);
    now = new Date(at.getTime() + 1000);
    assert.equal(codeOf(await source.get(requestOf('VCEK'), { at })), 'ok');
  });
});

describe('a directory is refused', () => {
  for (const [what, files, code] of [
    ['without the certificate of the chip', { ...whole, 'vcek.der': otherChip.certificates.vcek }, 'bundle-no-match'],
    ['without the ASK', { ...whole, 'milan.pem': ark }, 'bundle-incomplete'],
    ['without the ARK', { ...whole, 'milan.pem': ask }, 'bundle-incomplete'],
    ['without the list', { 'vcek.der': vcek, 'milan.pem': ask + ark }, 'bundle-incomplete'],
    [
      'when a file that may have it is broken',
      { 'vcek.der': 'broken', 'milan.pem': ask + ark, 'a.crl': list },
      'bundle-malformed',
    ],
    [
      'when something stands between the certificates',
      { ...whole, 'milan.pem': `${ask}junk${ark}` },
      'bundle-malformed',
    ],
    [
      'when the list is not the root’s',
      { ...whole, 'milan.crl': Buffer.concat([list.subarray(0, -1), Buffer.of(list.at(-1) === 0 ? 1 : 0)]) },
      'endorsements-not-genuine',
    ],
  ] as const) {
    test(what, async () => {
      assert.equal(await appraises(files, 'VCEK'), code);
    });
  }

  test('when it is not there', async () => {
    const source = createSnpBundleSource({ path: join(root, 'missing'), trustAnchors });
    assert.equal(codeOf(await source.get(requestOf('VCEK'), { at })), 'bundle-unreadable');
  });

  test('under roots that are not trusted', async () => {
    const { source } = sourceOf(whole, { trustAnchors: [] });
    assert.equal(codeOf(await source.get(requestOf('VCEK'), { at })), 'endorsements-not-genuine');
  });
});

test('a certificate that came with the evidence and is not AMD’s is the evidence’s fault', async () => {
  const stranger = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048), chipId: 'ab'.repeat(64) });
  assert.equal(await appraises(whole, 'VCEK', stranger.certificates.vcek), 'supplied-certificate-not-genuine');
  assert.equal(
    await appraises({ ...whole, 'milan.pem': stranger.certificates.ask + ark }, 'VCEK', vcek),
    'endorsements-not-genuine',
  );
});

test('a report under a VLEK needs its certificate', () => {
  const report = parseSnpReport(platform.report({ signingKey: 'VLEK' }));
  assert.ok(report.ok);
  const lookup = snpLookupFor(report.value.report);
  assert.ok(lookup.ok);
  const request = snpRequestFor(lookup.value);
  assert.equal(request.ok ? 'ok' : request.refusal.code, 'vlek-certificate-missing');
});

test('that the list is not looked at is a decision, and the appraisal reports it', async () => {
  const files = { 'vcek.der': vcek, 'milan.pem': ask + ark };
  const { path, source } = sourceOf(files, { revocationList: 'when-there', clock: () => at });
  const got = await source.get(requestOf('VCEK'), { at });
  assert.ok(got.ok);
  assert.deepEqual(got.value.freshness, { fetchedAt: at, nextUpdate: undefined, source: path, stale: false });
  const appraisal = appraiseReport(platform.report(), got.value.collateral, at, trustAnchors);
  assert.equal(appraisal.ok && appraisal.value.revocation, 'unchecked');
  const withList = sourceOf(whole, { revocationList: 'when-there' }).source;
  const checked = await withList.get(requestOf('VCEK'), { at });
  assert.deepEqual(checked.ok && checked.value.collateral.revocationList, list);
});

test('a list that cannot be read is not the same as none', async () => {
  const files = { 'vcek.der': vcek, 'milan.pem': ask + ark, 'milan.crl': list.subarray(0, 4) };
  const { source } = sourceOf(files, { revocationList: 'when-there' });
  assert.equal(codeOf(await source.get(requestOf('VCEK'), { at })), 'bundle-malformed');
});

describe('AMD’s own certificates', { skip: vectorsMissing('sevsnp') }, () => {
  const source = createSnpBundleSource({ path: vectorPath('sevsnp', 'amd-ca'), revocationList: 'when-there' });
  for (const name of vectorCases('sevsnp').filter((vector) => !vector.includes('another-key'))) {
    test(`${name}: its certificate and the authorities are enough`, async () => {
      const evidence = readVector('sevsnp', name, 'report.bin');
      const report = parseSnpReport(evidence);
      assert.ok(report.ok);
      const file = report.value.report.signingKey === 'VLEK' ? 'vlek.pem' : 'vcek.pem';
      const lookup = snpLookupFor(report.value.report, readVector('sevsnp', name, file).toString('utf8'));
      assert.ok(lookup.ok);
      const request = snpRequestFor(lookup.value);
      assert.ok(request.ok);
      const when = new Date('2025-11-01T00:00:00Z');
      const got = await source.get(request.value, { at: when });
      assert.ok(got.ok, JSON.stringify(got));
      assert.equal(codeOf(appraiseReport(evidence, got.value.collateral, when)), 'ok');
    });
  }
});
