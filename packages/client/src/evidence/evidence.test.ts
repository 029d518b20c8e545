/** Where evidence comes from: files, Gramine's pseudo-files, a simulated platform. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createSimulatedPlatform, type SimulatedPlatform } from '@atesto/testing/sgx';
import {
  ClientError,
  ConfigurationError,
  evidenceFromFile,
  evidenceFromGramine,
  evidenceOf,
  reportDataFor,
} from '../index.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'atesto-client-'));
  after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ClientError || error instanceof ConfigurationError, String(error));
    return error.code;
  }
  return 'collected';
}

const platform: SimulatedPlatform = await createSimulatedPlatform({ at: new Date() });
const quoteFor = (reportData: Uint8Array): Uint8Array => platform.quote({ body: { reportData } });
const reportData = reportDataFor({ json: '{"a":1}' });

/** A directory as Gramine shows it, with the quote for the report data that will be `asked`. */
function gramine(asked: Uint8Array, type: string | undefined = 'dcap'): string {
  const path = directory();
  writeFileSync(join(path, 'user_report_data'), new Uint8Array(64));
  writeFileSync(join(path, 'quote'), quoteFor(asked));
  if (type !== undefined) writeFileSync(join(path, 'attestation_type'), `${type}\n`);
  return path;
}

describe('kinds of evidence', () => {
  for (const [what, bytes, type] of [
    ['a quote of version 3', Uint8Array.of(3, 0, 2, 0), 'SgxEnclave'],
    ['a quote of version 4', Uint8Array.of(4, 0, 2, 0), 'SgxEnclave'],
    ['simulated quotes', quoteFor(reportData), 'SgxEnclave'],
    ['a TDX quote of version 4', platform.tdxQuote(), 'TdxVm'],
    ['a TDX quote of version 5', platform.tdxQuote({ version: 5 }), 'TdxVm'],
    ['an SEV-SNP report', Buffer.concat([Uint8Array.of(3)], 1184), 'SevSnpVm'],
    ['an SEV-SNP document', Buffer.from(' {"SnpReport":"AAAA"}'), 'SevSnpVm'],
    ['an OpenEnclave report', platform.openEnclaveReport(), 'OpenEnclave'],
    ['OpenEnclave evidence', platform.openEnclaveEvidence(), 'OpenEnclave'],
  ] as const) {
    test(`${what}: ${type}`, () => assert.equal(evidenceOf(bytes, 'test').attestationType, type));
  }
});

describe('a file', () => {
  test('gives its bytes', async () => {
    const path = join(directory(), 'quote.bin');
    writeFileSync(path, quoteFor(reportData));
    const { bytes } = await evidenceFromFile(path).collect(reportData);
    assert.deepEqual(Buffer.from(bytes), readFileSync(path));
  });

  test('refuses one that is not there, and one that is empty', async () => {
    const path = join(directory(), 'quote.bin');
    assert.equal(await codeOf(evidenceFromFile(path).collect(reportData)), 'evidence-unreadable');
    writeFileSync(path, '');
    assert.equal(await codeOf(evidenceFromFile(path).collect(reportData)), 'evidence-size');
  });
});

describe('Gramine', () => {
  for (const type of ['dcap', undefined]) {
    test(`writes the report data, then reads the quote (attestation_type ${type ?? 'absent'})`, async () => {
      const path = gramine(reportData, type);
      const { attestationType, bytes } = await evidenceFromGramine(path).collect(reportData);
      assert.equal(attestationType, 'SgxEnclave');
      assert.deepEqual(Buffer.from(bytes).subarray(368, 432), Buffer.from(reportData));
      assert.deepEqual(readFileSync(join(path, 'user_report_data')), Buffer.from(reportData));
    });
  }

  test('two collections at once run one after the other, and neither gets a quote of the other', async () => {
    const path = gramine(reportData);
    const other = reportDataFor({ json: '{"b":2}' });
    const source = evidenceFromGramine(path);
    const codes = await Promise.all([codeOf(source.collect(reportData)), codeOf(source.collect(other))]);
    assert.deepEqual(codes, ['collected', 'evidence-not-bound']);
    assert.deepEqual(readFileSync(join(path, 'user_report_data')), Buffer.from(other));
  });

  test('refuses report data that are not 64 bytes, and leaves the file alone', async () => {
    const path = gramine(reportData);
    assert.equal(await codeOf(evidenceFromGramine(path).collect(new Uint8Array(32))), 'report-data-size');
    assert.deepEqual(readFileSync(join(path, 'user_report_data')), Buffer.alloc(64));
  });

  test('refuses a quote for other report data', async () => {
    const path = gramine(new Uint8Array(64));
    assert.equal(await codeOf(evidenceFromGramine(path).collect(reportData)), 'evidence-not-bound');
  });

  test('refuses an enclave without remote attestation', async () => {
    const path = gramine(reportData, 'none');
    assert.equal(await codeOf(evidenceFromGramine(path).collect(reportData)), 'attestation-unavailable');
  });

  test('refuses a process that is no Gramine enclave', async () => {
    assert.equal(await codeOf(evidenceFromGramine(directory()).collect(reportData)), 'attestation-unavailable');
  });

  test('refuses when there is no quote', async () => {
    const path = gramine(reportData);
    rmSync(join(path, 'quote'));
    assert.equal(await codeOf(evidenceFromGramine(path).collect(reportData)), 'evidence-unreadable');
  });

  test('collects again after a refusal', async () => {
    const path = gramine(reportData);
    const source = evidenceFromGramine(path);
    await codeOf(source.collect(new Uint8Array(1)));
    assert.equal(await codeOf(source.collect(reportData)), 'collected');
  });
});
