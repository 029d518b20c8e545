/** `atesto verify` over inputs that are unusual and right: each must be accepted, with the facts that were found by other means. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readVector, vectorPath, vectorsMissing } from '@atesto/vectors';
import { runCli } from '../__fixtures__/cli.ts';

const file = (...path: string[]): string => vectorPath('found-1', ...path);
const root = (name: string): string => readVector('found-1', name, 'root.txt').toString().trim();
const trusted = (name: string): string[] => [
  '--development-root',
  root(name),
  '--at',
  '2026-06-01T12:00:00Z',
  '--json',
];

/** The report; fails the test when the evidence is refused. */
async function validVerdict(...args: string[]) {
  const { exitCode, stdout } = await runCli(['verify', ...args]);
  const verdict = JSON.parse(stdout);
  assert.deepEqual([exitCode, verdict.verdict, verdict.code], [0, 'valid', null]);
  return verdict;
}

describe('unusual evidence that is genuine', { skip: vectorsMissing('found-1') }, () => {
  for (const [name, product] of [
    ['snp-v4-milan', 'Milan'],
    ['snp-v4-genoa', 'Genoa'],
  ] as const) {
    test(`${name}: an SEV-SNP report of version 4`, async () => {
      const {
        product: found,
        revocation,
        evidence,
      } = await validVerdict(
        ...['sevsnp', file(name, 'report.bin'), '--certificate', file(name, 'key.pem')],
        ...['--ca', file(name, 'ca.pem'), '--crl', file(name, 'crl.der'), ...trusted(name)],
      );
      assert.deepEqual([found, revocation, evidence.version], [product, 'checked', 4]);
    });
  }

  test('snp-table-both-vlek-signed: the certificate is that of the kind of key that signed', async () => {
    const name = 'snp-table-both-vlek-signed';
    const verdict = await validVerdict(
      'sevsnp',
      file(name, 'document.json'),
      '--ca',
      file(name, 'ca.pem'),
      ...trusted(name),
    );
    const { kind, issuer } = verdict.endorsementKeyCertificate;
    assert.deepEqual([kind, issuer], ['VLEK', 'SEV-VLEK-Milan']);
  });

  for (const [name, debug, attributeNames] of [
    ['tdx-attr-icssd', false, ['ICSSD', 'SEPT_VE_DISABLE']],
    ['tdx-attr-hgs-plus-prof', true, ['HGS_PLUS_PROF', 'SEPT_VE_DISABLE']],
    ['tdx-attr-perf-prof', true, ['PERF_PROF', 'SEPT_VE_DISABLE']],
    ['tdx-attr-reserved-p-20', false, ['SEPT_VE_DISABLE']],
  ] as const) {
    test(`${name}: attributes of a trust domain that the specification defines or lets be ignored`, async () => {
      const { evidence } = await validVerdict(
        ...['tdx', file(name, 'quote.bin'), '--collateral', file(name, 'collateral.json'), ...trusted(name)],
      );
      assert.deepEqual([evidence.debug, evidence.attributeNames], [debug, attributeNames]);
    });
  }

  for (const [name, what] of [
    ['az-eventlog-zero-padded', 'a log that zeros follow'],
    ['az-eventlog-hcrtm', 'a log of an H-CRTM'],
    ['az-eventlog-separator-ff', 'a log whose separators are ffffffffh'],
    ['az-eventlog-windows-trustpoint', 'a log that ends with the trust point of Windows'],
  ] as const) {
    test(`${name}: ${what}`, async () => {
      const { measuredBoot } = await validVerdict(
        ...['azure-cvm', file(name, 'hcl.bin'), '--tpm-quote', file(name, 'quote.bin')],
        ...['--tpm-signature', file(name, 'sig.bin'), '--pcrs', file(name, 'pcrs.json')],
        ...['--event-log', file(name, 'event-log.bin'), '--certificate', file(name, 'key.pem')],
        ...['--ca', file(name, 'ca.pem'), ...trusted(name)],
      );
      assert.deepEqual(measuredBoot, { replayed: [0, 1, 2, 3, 4, 5, 6, 7], secureBoot: true });
    });
  }
});
