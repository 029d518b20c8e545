/** Real Azure confidential VMs give the expected verdicts and facts; breaking any link of the chain is refused with that link's code. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Outcome } from '@atesto/core';
import { readVector, readVectorCollateral, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { appraiseCvmBytes, appraiseSnpBytes, appraiseTdxBytes } from '../__fixtures__/appraise-bytes.ts';
import {
  type AzureCvmAppraisal,
  parseHclReport,
  runtimeDataHash,
  type SnpAppraisal,
  type TdxAppraisal,
} from '../advanced.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Products of the SNP machines, and the collateral that covers the TDX one. */
const products: Record<string, string> = { 'snp-genoa-vtpm': 'Genoa', 'snp-milan-vtpm': 'Milan' };
const tdxCollateral = 'v4-azure-without-sept-ve-disable';
const at = new Date('2025-10-01T00:00:00Z');

function hardwareOf(name: string): SnpAppraisal | TdxAppraisal {
  const product = products[name];
  if (product === undefined) {
    const outcome = appraiseTdxBytes(
      readVector('azure-cvm', name, 'td-quote.bin'),
      readVectorCollateral('tdx', tdxCollateral),
      { at },
    );
    assert.ok(outcome.ok);
    return outcome.value;
  }
  const hcl = parseHclReport(readVector('azure-cvm', name, 'hcl-report.bin'));
  assert.ok(hcl.ok);
  const outcome = appraiseSnpBytes(
    hcl.value.hardwareReport,
    {
      certificate: readVector('azure-cvm', name, 'vcek.pem').toString('utf8'),
      authorityChain: ['SEV', 'ARK']
        .map((kind) => readVector('sevsnp', 'amd-ca', `${kind}-${product}.pem`).toString('utf8'))
        .join(''),
      revocationList: 'unchecked',
    },
    { at },
  );
  assert.ok(outcome.ok);
  return outcome.value;
}

function vtpmOf(name: string) {
  const values: unknown = JSON.parse(readVector('azure-cvm', name, 'pcrs-sha256.json').toString('utf8'));
  assert.ok(Array.isArray(values));
  return {
    quote: readVector('azure-cvm', name, 'tpm-quote.bin'),
    signature: readVector('azure-cvm', name, 'tpm-quote-signature.bin'),
    pcrs: new Map(values.map((value, index) => [index, Buffer.from(String(value), 'hex')] as const)),
  };
}

const code = (outcome: Outcome<AzureCvmAppraisal>): string => (outcome.ok ? 'valid' : outcome.refusal.code);

describe('real Azure confidential VMs', { skip: vectorsMissing('azure-cvm') }, () => {
  for (const name of vectorCases('azure-cvm')) {
    test(`${name}: appraisal finds the expected facts`, () => {
      const expected = readVectorJson('azure-cvm', name, 'expected.json');
      const outcome = appraiseCvmBytes(
        readVector('azure-cvm', name, 'hcl-report.bin'),
        hardwareOf(name),
        vtpmOf(name),
        {
          nonce: Buffer.from(String(Object(expected.tpmQuote).extraDataHex), 'hex'),
        },
      );
      assert.ok(outcome.ok);
      const { hcl, runtimeClaims, quote } = outcome.value;
      assert.deepEqual(
        {
          reportType: hcl.reportType,
          hashType: hcl.runtimeData.hash,
          claimsHash: hex(runtimeDataHash(hcl.runtimeData)),
          runtimeClaims,
          selection: quote.selections.map(({ algorithm, mask }) => ({ alg: algorithm, mask: hex(mask) })),
          digest: hex(quote.pcrDigest),
        },
        {
          reportType: Object(expected.hcl).reportType,
          hashType: Object(expected.hcl).hashType,
          claimsHash: Object(expected.hcl).runtimeClaimsSha256,
          runtimeClaims: expected.runtimeClaims,
          selection: Object(expected.tpmQuote).pcrSelection,
          digest: Object(expected.tpmQuote).pcrDigest,
        },
      );
    });

    test(`${name}: another nonce is refused`, () => {
      const outcome = appraiseCvmBytes(
        readVector('azure-cvm', name, 'hcl-report.bin'),
        hardwareOf(name),
        vtpmOf(name),
        {
          nonce: Buffer.from('another'),
        },
      );
      assert.equal(code(outcome), 'tpm-nonce');
    });

    test(`${name}: a PCR value that was not quoted is refused`, () => {
      const vtpm = vtpmOf(name);
      const pcrs = new Map(vtpm.pcrs).set(7, Buffer.alloc(32, 1));
      const hcl = readVector('azure-cvm', name, 'hcl-report.bin');
      assert.equal(
        code(appraiseCvmBytes(hcl, hardwareOf(name), { ...vtpm, pcrs }, { nonce: 'any' })),
        'tpm-pcr-digest',
      );
      pcrs.delete(7);
      assert.equal(code(appraiseCvmBytes(hcl, hardwareOf(name), { ...vtpm, pcrs }, { nonce: 'any' })), 'tpm-pcr-value');
    });

    test(`${name}: a changed quote, a changed claim and a report of another machine are refused`, () => {
      const vtpm = vtpmOf(name);
      const hcl = readVector('azure-cvm', name, 'hcl-report.bin');
      const quote = Uint8Array.from(vtpm.quote);
      quote[quote.length - 1] = (quote.at(-1) ?? 0) ^ 1;
      assert.equal(
        code(appraiseCvmBytes(hcl, hardwareOf(name), { ...vtpm, quote }, { nonce: 'any' })),
        'tpm-signature',
      );
      const claims = Uint8Array.from(hcl);
      claims[1240] = (claims[1240] ?? 0) ^ 1;
      assert.equal(code(appraiseCvmBytes(claims, hardwareOf(name), vtpm, { nonce: 'any' })), 'hcl-binding');
      const other = Object.keys(products).find((candidate) => candidate !== name) ?? name;
      const expected = name === 'tdx-vtpm' ? 'hcl-report-type' : 'hcl-binding';
      assert.equal(code(appraiseCvmBytes(hcl, hardwareOf(other), vtpm, { nonce: 'any' })), expected);
    });

    test(`${name}: an HCL report cut off before the end of its claims is refused`, () => {
      const hcl = readVector('azure-cvm', name, 'hcl-report.bin');
      const end = hcl.readUInt32LE(8);
      for (let length = 0; length < end; length += 1) {
        const outcome = parseHclReport(hcl.subarray(0, length));
        assert.equal(outcome.ok, false, `${length} bytes`);
      }
      assert.ok(parseHclReport(hcl.subarray(0, end)).ok);
    });
  }
});
