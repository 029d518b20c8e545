/** What a report needs is read from it and from the certificates beside it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/simulator';
import { parseSnpReport, type SnpReport, snpLookupFor } from '../index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const keys = await generateAmdKeys(2048);
const platform = await createSimulatedSnpPlatform({ at, keys, product: 'Genoa' });
const { ark, ask, vcek, vlek } = platform.certificates;
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

test('the first certificate beside a report is the one of its key, the rest are authorities', () => {
  const lookup = snpLookupFor(report, `\n${vlek}\r\n${ask}${ark}`);
  assert.ok(lookup.ok);
  const plain = (pem: string): string => pem.trim().replaceAll('\r', '');
  const { supplied } = lookup.value;
  assert.deepEqual([supplied?.kind, supplied?.product], ['VLEK', 'Genoa']);
  assert.equal(plain(supplied?.certificate ?? ''), plain(vlek));
  assert.equal(plain(supplied?.authorityChain ?? '').replaceAll('\n', ''), plain(ask + ark).replaceAll('\n', ''));
});

test('a report of version 2 has its product from the certificate, or is refused', () => {
  const lookup = snpLookupFor(nameless, vcek);
  assert.equal(lookup.ok && lookup.value.product, 'Genoa');
  const without = snpLookupFor(nameless);
  assert.equal(!without.ok && without.refusal.code, 'snp-product-unknown');
});

test('what is beside a report must be certificates, the first one of an endorsement key', () => {
  for (const [text, code] of [
    ['', 'pem-malformed'],
    ['junk', 'pem-malformed'],
    [ask + vcek, 'snp-certificate-key'],
  ] as const) {
    const lookup = snpLookupFor(report, text);
    assert.equal(!lookup.ok && lookup.refusal.code, code);
  }
});
