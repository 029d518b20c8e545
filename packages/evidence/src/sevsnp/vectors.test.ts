/** Real SEV-SNP evidence gives the expected verdicts and facts, and no damage to it is ever taken for genuine. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { readVector, readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import { appraiseSnpBytes } from '../__fixtures__/appraise-bytes.ts';
import { parseSnpReport, type SnpEndorsements, verifySnpEndorsements } from '../advanced.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function endorsementsOf(name: string): SnpEndorsements {
  const expected = readVectorJson('sevsnp', name, 'expected.json');
  const file = ['vcek.pem', 'vlek.pem'].find((candidate) => existsSync(vectorPath('sevsnp', name, candidate)));
  const authority = (subject: string): string => readVector('sevsnp', 'amd-ca', `${subject}.pem`).toString('utf8');
  return {
    certificate: readVector('sevsnp', name, file ?? 'vcek.pem').toString('utf8'),
    authorityChain: authority(Object(expected.endorsementKeyCertificate).issuer) + authority(`ARK-${expected.product}`),
    revocationList: 'unchecked',
  };
}

const timeOf = (name: string): Date =>
  new Date(String(readVectorJson('sevsnp', name, 'expected.json').verificationTime));

function reportFacts(bytes: Uint8Array) {
  const parsed = parseSnpReport(bytes);
  assert.ok(parsed.ok);
  const { report } = parsed.value;
  return {
    version: report.version,
    guestSvn: report.guestSvn,
    policy: {
      hexLittleEndian: hex(report.policyBytes),
      debugAllowed: report.policy.debugAllowed,
      migrationAgentAllowed: report.policy.migrationAgentAllowed,
      smtAllowed: report.policy.smtAllowed,
    },
    familyId: hex(report.familyId),
    imageId: hex(report.imageId),
    vmpl: report.vmpl,
    signatureAlgorithm: report.signatureAlgorithm,
    platformInfo: hex(report.platformInfo),
    signingKey: report.signingKey,
    reportData: hex(report.reportData),
    measurement: hex(report.measurement),
    hostData: hex(report.hostData),
    idKeyDigest: hex(report.idKeyDigest),
    authorKeyDigest: hex(report.authorKeyDigest),
    reportId: hex(report.reportId),
    reportIdMa: hex(report.reportIdMa),
    cpuidFamilyModelStepping:
      report.cpuId === undefined ? null : [report.cpuId.family, report.cpuId.model, report.cpuId.stepping],
    chipId: hex(report.chipId),
    currentTcb: hex(report.currentTcb),
    reportedTcb: hex(report.reportedTcb),
    committedTcb: hex(report.committedTcb),
    launchTcb: hex(report.launchTcb),
  };
}

describe('real SEV-SNP evidence', { skip: vectorsMissing('sevsnp') }, () => {
  for (const name of vectorCases('sevsnp')) {
    test(`${name}: appraisal finds the expected verdict and facts`, () => {
      const expected = readVectorJson('sevsnp', name, 'expected.json');
      const report = readVector('sevsnp', name, 'report.bin');
      assert.deepEqual(reportFacts(report), expected.report);
      const outcome = appraiseSnpBytes(report, endorsementsOf(name), { at: timeOf(name) });
      if (expected.verdict !== 'valid') {
        assert.equal(outcome.ok ? 'valid' : outcome.refusal.code, 'chain-signature');
        return;
      }
      assert.ok(outcome.ok);
      const { product, endorsementKeyCertificate: certificate } = outcome.value;
      assert.deepEqual(
        { product, kind: certificate.kind, issuer: certificate.issuer, notAfter: certificate.notAfter.toISOString() },
        { product: expected.product, ...Object(expected.endorsementKeyCertificate) },
      );
    });
  }

  for (const name of ['v2-milan-debug', 'v3-genoa-vcek', 'v3-milan-vlek', 'v5-turin-vcek']) {
    test(`${name}: cut off at any byte, or lengthened, it is refused`, () => {
      const whole = readVector('sevsnp', name, 'report.bin');
      for (let length = 0; length < whole.length; length += 1) {
        const outcome = parseSnpReport(whole.subarray(0, length));
        assert.equal(outcome.ok ? 'parsed' : outcome.refusal.code, 'snp-report-size', `${length} bytes`);
      }
      const longer = parseSnpReport(Buffer.concat([whole, Buffer.of(0)]));
      assert.equal(longer.ok ? 'parsed' : longer.refusal.code, 'snp-report-size');
    });

    test(`${name}: a flipped bit anywhere is never valid`, () => {
      const whole = readVector('sevsnp', name, 'report.bin');
      const verified = verifySnpEndorsements(endorsementsOf(name));
      assert.ok(verified.ok);
      for (let offset = 0; offset < whole.length; offset += 1) {
        const flipped = Uint8Array.from(whole);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        assert.equal(appraiseSnpBytes(flipped, verified.value, { at: timeOf(name) }).ok, false, `offset ${offset}`);
      }
    });
  }

  test('a genuine report with the genuine certificate of another chip is refused', () => {
    const outcome = appraiseSnpBytes(
      readVector('sevsnp', 'v3-milan-vcek', 'report.bin'),
      endorsementsOf('v2-milan-debug'),
      {
        at: timeOf('v3-milan-vcek'),
      },
    );
    assert.equal(outcome.ok ? 'valid' : outcome.refusal.code, 'snp-signature');
  });

  test('appraising twice gives the same verdict: the evidence is not changed', () => {
    const report = readVector('sevsnp', 'v3-genoa-vcek', 'report.bin');
    const before = Buffer.from(report);
    for (const _ of [1, 2])
      assert.ok(appraiseSnpBytes(report, endorsementsOf('v3-genoa-vcek'), { at: timeOf('v3-genoa-vcek') }).ok);
    assert.ok(before.equals(report));
  });
});
