/** What a report needs is read from it and from the certificates beside it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { parseSnpReport, type SnpReport, snpLookupFor } from '../advanced.ts';

const at = new Date('2026-06-01T12:00:00Z');
const keys = await generateAmdKeys(2048);
const platform = await createSimulatedSnpPlatform({ at, keys, product: 'Genoa' });
const { ark, ask, asvk, vcek, vlek } = platform.certificates;
const parsed = parseSnpReport(platform.report());
assert.ok(parsed.ok);
const { report } = parsed.value;
const nameless: SnpReport = { ...report, version: 2, cpuId: undefined };

test('a report of version 3 names its product itself', () => {
  const lookup = snpLookupFor(report);
  assert.ok(lookup.ok);
  const { product, signingKey, supplied, reportedTcb } = lookup.value;
  assert.deepEqual(
    { product, signingKey, supplied, reportedTcb },
    {
      product: 'Genoa',
      signingKey: 'VCEK',
      supplied: undefined,
      reportedTcb: { bootLoader: 10, tee: 0, snp: 23, microcode: 84 },
    },
  );
  assert.deepEqual(lookup.value.chipId, report.chipId);
});

/** The DER of each certificate of a PEM text. */
const dersOf = (pem: string): string[] =>
  pem
    .split('-----BEGIN CERTIFICATE-----')
    .slice(1)
    .map((block) => block.replaceAll(/\s|-----END CERTIFICATE-----/g, ''));
const underVlek: SnpReport = { ...report, signingKey: 'VLEK' };

describe('of the certificates beside a report', () => {
  const supplied = (one: SnpReport, pem: string) => {
    const lookup = snpLookupFor(one, pem);
    assert.ok(lookup.ok && lookup.value.supplied !== undefined);
    const { kind, product, certificate, authorityChain } = lookup.value.supplied;
    return { kind, product, certificate: dersOf(certificate), authorities: dersOf(authorityChain) };
  };
  const ofVcek = { kind: 'VCEK', product: 'Genoa', certificate: dersOf(vcek), authorities: dersOf(ask + ark) };
  const ofVlek = { kind: 'VLEK', product: 'Genoa', certificate: dersOf(vlek), authorities: dersOf(asvk + ark) };

  test('the one of the kind of key that signed it is taken, with those that stand above it', () => {
    for (const all of [vcek + vlek + ask + asvk + ark, ark + asvk + `\n${ask}\r\n` + vlek + vcek]) {
      assert.deepEqual(supplied(report, all), ofVcek);
      assert.deepEqual(supplied(underVlek, all), ofVlek);
    }
    assert.deepEqual(supplied(underVlek, vlek + asvk + ark), ofVlek);
  });

  test('authorities of another key are left out', () => {
    assert.deepEqual(supplied(report, vcek + vlek + asvk + ark), { ...ofVcek, authorities: [] });
    assert.deepEqual(supplied(report, vcek), { ...ofVcek, authorities: [] });
  });

  test('the first stands for all where none is of that kind', () => {
    assert.deepEqual(supplied(report, vlek + asvk + ark), ofVlek);
  });
});

test('a report of version 2 has its product from the certificate, or is refused', () => {
  const lookup = snpLookupFor(nameless, vcek);
  assert.equal(lookup.ok && lookup.value.product, 'Genoa');
  const without = snpLookupFor(nameless);
  assert.equal(!without.ok && without.refusal.code, 'snp-product-unknown');
});

test('what is beside a report must be certificates, one of them of an endorsement key', () => {
  for (const [text, code] of [
    ['', 'pem-malformed'],
    ['junk', 'pem-malformed'],
    [ask + ark, 'snp-certificate-key'],
  ] as const) {
    const lookup = snpLookupFor(report, text);
    assert.equal(!lookup.ok && lookup.refusal.code, code);
  }
});
