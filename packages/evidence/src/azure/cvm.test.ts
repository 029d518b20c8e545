/** HCL reports and vTPM quotes of simulated machines, each with exactly one thing wrong. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HclReportFields, HclReportOptions } from '@atesto/testing/azure';
import { generateEcKeys } from '@atesto/testing/x509';
import fc from 'fast-check';
import { appraiseCvmBytes } from '../__fixtures__/appraise-bytes.ts';
import { snpGuest, snpHardware, tdxGuest, tdxHardware, vtpm } from '../__fixtures__/azure-guest.ts';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { type AzureHardware, parseHclReport, runtimeDataHash } from '../advanced.ts';

const claims = snpGuest.runtimeClaims();
const report = snpGuest.hclReport();
const hardware = snpHardware(report.subarray(32, 1216));
const { attest, signature } = vtpm.quote();
const evidence = { quote: attest, signature, pcrs: vtpm.pcrs(), eventLog: vtpm.eventLog() };

function codeOfReport(hcl: Uint8Array, by: AzureHardware = hardware): string {
  return outcomeCode(appraiseCvmBytes(hcl, by, evidence, { nonce: 'any' }));
}

/** The code of a report in which everything is right except what the options say. */
function codeOf(options: HclReportOptions): string {
  const hcl = snpGuest.hclReport(options);
  return codeOfReport(hcl, snpHardware(hcl.subarray(32, 1216)));
}

describe('a machine', () => {
  for (const version of [1, 2]) {
    for (const hash of ['sha256', 'sha384', 'sha512'] as const) {
      test(`of SEV-SNP with a report of version ${version} and ${hash} is accepted`, () => {
        assert.equal(codeOf({ fields: { version }, hash }), 'accepted');
      });

      test(`of TDX with a report of version ${version} and ${hash} is accepted`, () => {
        const hcl = tdxGuest.hclReport({ fields: { version }, hash });
        const quote = tdxGuest.tdQuote(tdxGuest.runtimeClaims(), {}, hash);
        assert.equal(codeOfReport(hcl, tdxHardware(quote)), 'accepted');
      });
    }
  }

  test('gives its claims, its PCRs and what its log says', () => {
    const outcome = appraiseCvmBytes(report, hardware, evidence, { nonce: 'any' });
    assert.ok(outcome.ok);
    const { tee, hcl, runtimeClaims, pcrs, measuredBoot } = outcome.value;
    assert.equal(tee, 'azure-cvm');
    assert.deepEqual(runtimeClaims, snpGuest.runtimeClaimsMembers());
    assert.deepEqual(pcrs, vtpm.pcrs());
    assert.deepEqual(measuredBoot, { replayed: [0, 1, 2, 3, 4, 5, 6, 7], secureBoot: true });
    assert.deepEqual(hcl, {
      reportType: 'SEV-SNP',
      hardwareReport: report.subarray(32, 1216),
      runtimeData: { claims: report.subarray(1236), hash: 'SHA-256' },
    });
    assert.equal(runtimeDataHash(hcl.runtimeData).length, 32);
  });

  test('whose NV index is larger than the report is accepted', () => {
    assert.equal(codeOf({ fields: { trailing: Buffer.alloc(100) } }), 'accepted');
  });

  const fieldRefusals: readonly [what: string, code: string, fields: Partial<HclReportFields>][] = [
    ['has another magic', 'hcl-magic', { magic: 'HCLB' }],
    ['has version 0', 'hcl-version', { version: 0 }],
    ['has version 3', 'hcl-version', { version: 3 }],
    ['has another version of runtime data', 'hcl-version', { runtimeDataVersion: 2 }],
    ['is of another kind of hardware', 'hcl-report-type', { reportType: 3 }],
    ['says TDX where the evidence is of SEV-SNP', 'hcl-report-type', { reportType: 4 }],
    ['names hash 0', 'hcl-hash-type', { hashType: 0 }],
    ['names hash 4', 'hcl-hash-type', { hashType: 4 }],
    ['names another hash than was used', 'hcl-binding', { hashType: 2 }],
    ['says another size', 'hcl-size', { size: 5000 }],
    ['says another size of runtime data', 'hcl-size', { runtimeDataSize: 20 }],
    ['says another size of the claims', 'hcl-size', { claimsSize: claims.length - 1 }],
  ];
  for (const [what, code, fields] of fieldRefusals) {
    test(`whose HCL report ${what} is refused with ${code}`, () => assert.equal(codeOf({ fields }), code));
  }

  test('whose HCL report says SEV-SNP where the evidence is of TDX is refused with hcl-report-type', () => {
    const hcl = tdxGuest.hclReport({ fields: { reportType: 2 } });
    assert.equal(codeOfReport(hcl, tdxHardware(tdxGuest.tdQuote(tdxGuest.runtimeClaims()))), 'hcl-report-type');
  });

  test('whose report data commits to other claims is refused with hcl-binding', () => {
    const forged = Buffer.from(JSON.stringify({ ...snpGuest.runtimeClaimsMembers(), 'user-data': '11' }));
    assert.equal(codeOfReport(snpGuest.hclReport({ claims: forged })), 'hcl-binding');
    const other = tdxHardware(tdxGuest.tdQuote(forged));
    assert.equal(codeOfReport(tdxGuest.hclReport(), other), 'hcl-binding');
  });

  test('whose report data goes on after the hash is refused with hcl-binding', () => {
    const reportData = Buffer.from(hardware.tee === 'sevsnp' ? hardware.report.reportData : '');
    reportData[63] = 1;
    assert.equal(codeOf({ report: { fields: { reportData } } }), 'hcl-binding');
  });

  test('whose operating system asked for the report itself is refused with hcl-vmpl', () => {
    for (const vmpl of [1, 2, 3]) assert.equal(codeOf({ report: { fields: { vmpl } } }), 'hcl-vmpl');
  });

  const members = snpGuest.runtimeClaimsMembers();
  const [signer, encrypter] = members.keys;
  const { x, y } = generateEcKeys().publicKey.export({ format: 'jwk' });
  const claimRefusals: readonly [what: string, code: string, claims: unknown][] = [
    ['are a list', 'hcl-runtime-claims', []],
    ['are null', 'hcl-runtime-claims', null],
    ['have no keys', 'hcl-attestation-key', {}],
    ['have keys that are no list', 'hcl-attestation-key', { keys: signer }],
    ['have no HCLAkPub', 'hcl-attestation-key', { keys: [encrypter] }],
    ['have HCLAkPub twice', 'hcl-attestation-key', { keys: [signer, signer] }],
    [
      'have an HCLAkPub on a curve',
      'hcl-attestation-key',
      { keys: [{ kid: 'HCLAkPub', kty: 'EC', crv: 'P-256', x, y }] },
    ],
    [
      'have an HCLAkPub without a modulus',
      'hcl-attestation-key',
      { keys: [{ kid: 'HCLAkPub', kty: 'RSA', e: 'AQAB' }] },
    ],
    ['have an empty HCLAkPub', 'hcl-attestation-key', { keys: [{ ...signer, n: '', e: '' }] }],
    ['have an HCLAkPub with exponent 1', 'hcl-attestation-key', { keys: [{ ...signer, e: 'AQ' }] }],
    ['have an HCLAkPub with an even exponent', 'hcl-attestation-key', { keys: [{ ...signer, e: 'AQAA' }] }],
    ['have an HCLAkPub of too few bits', 'hcl-attestation-key', { keys: [{ ...signer, n: signer?.n?.slice(0, 172) }] }],
    ['have an HCLAkPub for encryption', 'hcl-attestation-key', { keys: [{ ...signer, key_ops: ['encrypt'] }] }],
    ['have an HCLAkPub for another use', 'hcl-attestation-key', { keys: [{ ...signer, use: 'enc' }] }],
    ['have another HCLAkPub', 'tpm-signature', { keys: [{ ...encrypter, kid: 'HCLAkPub', key_ops: ['sign'] }] }],
  ];
  for (const [what, code, value] of claimRefusals) {
    test(`whose runtime claims ${what} is refused with ${code}`, () => {
      assert.equal(codeOf({ claims: Buffer.from(JSON.stringify(value)) }), code);
    });
  }

  test('whose runtime claims are no JSON in UTF-8 is refused with hcl-runtime-claims', () => {
    for (const bytes of [Buffer.from('{'), Buffer.of(0x22, 0xff, 0x22), Buffer.from('\ufeff{}')]) {
      assert.equal(codeOf({ claims: bytes }), 'hcl-runtime-claims');
    }
  });

  describe('whose runtime claims readers may read differently is refused with hcl-runtime-claims:', () => {
    const text = JSON.stringify(members);
    for (const [what, member] of [
      ['a name twice', '"keys":[]'],
      ['a name twice, once escaped', String.raw`"\u006beys":[]`],
      ['a name twice further down', '"extra":[{"a":1,"b":{"a":2,"a":2}}]'],
      ['an integer that a double rounds', '"extra":9007199254740993'],
      ['an integer that a double rounds, with a fraction of zero', '"extra":9007199254740993.0'],
      ['a number beyond every double', '"extra":[{"a":-1e400}]'],
      ['a fraction that a double rounds', '"extra":0.1234567890123456789'],
      ['the name __proto__', '"extra":{"__proto__":1}'],
    ] as const) {
      test(what, () => {
        for (const claims of [`{${member},${text.slice(1)}`, `${text.slice(0, -1)},${member}}`]) {
          assert.equal(codeOf({ claims: Buffer.from(claims) }), 'hcl-runtime-claims');
        }
      });
    }

    test('but not the same name in two objects, nor a text that looks like a name', () => {
      const member = String.raw`"extra" : [{"a":1},{"a":"\"a\":1,\"a\":2\\"},"a", {"toString":9007199254740991}, 1.5]`;
      assert.equal(codeOf({ claims: Buffer.from(`{${member},${text.slice(1)}`) }), 'accepted');
    });
  });

  test('is never accepted when its HCL report is cut', () => {
    for (let length = 0; length < report.length; length += 1) {
      const outcome = parseHclReport(report.subarray(0, length));
      assert.equal(outcomeCode(outcome), 'evidence-truncated', `${length}`);
    }
  });

  test('is accepted with a flipped bit only where neither the report nor a signature covers it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 * report.length - 1 }), (bit) => {
        const flipped = Buffer.from(report);
        const at = bit >> 3;
        flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
        const code = codeOfReport(flipped);
        // Request type, status and reserved bytes; and the hardware report, which was appraised by itself.
        const isUncovered = (at >= 12 && at < 1216) || (at >= 4 && at < 8 && [1, 2].includes(flipped.readUInt32LE(4)));
        return isUncovered ? code === 'accepted' : code !== 'accepted';
      }),
      { numRuns: 500 },
    );
  });

  test('of any bytes is parsed or refused, never a crash', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => !parseHclReport(bytes).ok));
  });
});
