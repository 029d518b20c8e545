/** A genuine report meets a baseline or not; data belong to it or not. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { SnpReportFields } from '@atesto/testing/sevsnp';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { acceptedCase, milan, reportOf, turin } from '../__fixtures__/snp-platform.ts';
import {
  checkSnpBaseline,
  checkSnpInitTimeData,
  checkSnpRuntimeData,
  defaultSnpBaseline,
  type SnpBaseline,
  sevSnpClaims,
} from '../advanced.ts';

async function codeUnder(baseline: Partial<SnpBaseline>, fields: Partial<SnpReportFields> = {}): Promise<string> {
  const appraisal = await acceptedCase({ report: { fields } });
  return outcomeCode(checkSnpBaseline(appraisal, { ...defaultSnpBaseline, ...baseline }));
}

const migrating = { policy: 0x30000n | (1n << 18n) };
const withoutSmt = { policy: 0x20000n };

describe('the baseline', () => {
  test('by default leaves the guest’s policy and privilege level to the attestation policy', async () => {
    for (const fields of [{}, { debug: true }, migrating, withoutSmt, { vmpl: 3 }]) {
      assert.equal(await codeUnder({}, fields), 'accepted');
    }
  });

  for (const [what, baseline, bad, good, code] of [
    ['debugging', { debug: 'forbid' }, { debug: true }, {}, 'snp-baseline-debug'],
    ['a migration agent', { migration: 'forbid' }, migrating, {}, 'snp-baseline-migration'],
    ['multithreading', { smt: 'forbid' }, {}, withoutSmt, 'snp-baseline-smt'],
    ['a privilege level', { maximumVmpl: 0 }, { vmpl: 1 }, {}, 'snp-baseline-vmpl'],
  ] as const) {
    test(`may forbid ${what}`, async () => {
      assert.equal(await codeUnder(baseline, bad), code);
      assert.equal(await codeUnder(baseline, good), 'accepted');
    });
  }

  for (const part of ['bootLoader', 'tee', 'snp', 'microcode'] as const) {
    test(`demands a least ${part} of the product, and of that product alone`, async () => {
      const have = milan.state.tcb[part];
      const least = (level: number) => ({ minimumTcb: { Milan: { [part]: level } } });
      assert.equal(await codeUnder(least(have)), 'accepted');
      assert.equal(await codeUnder(least(have + 1)), 'snp-baseline-tcb');
      assert.equal(await codeUnder({ minimumTcb: { Genoa: { [part]: 255 } } }), 'accepted');
    });
  }

  test('demands a least FMC of Turin', async () => {
    const appraisal = await acceptedCase({ platform: turin });
    const under = (fmc: number): SnpBaseline => ({ ...defaultSnpBaseline, minimumTcb: { Turin: { fmc } } });
    assert.equal(outcomeCode(checkSnpBaseline(appraisal, under(1))), 'accepted');
    assert.equal(outcomeCode(checkSnpBaseline(appraisal, under(2))), 'snp-baseline-tcb');
  });

  test('looks at the reported TCB, not at the current one, and says how much is missing', async () => {
    const fields = { currentTcb: { ...milan.state.tcb, snp: 30 } };
    const appraisal = await acceptedCase({ report: { fields } });
    const outcome = checkSnpBaseline(appraisal, {
      ...defaultSnpBaseline,
      minimumTcb: { Milan: { snp: 26, microcode: 220 } },
    });
    assert.ok(!outcome.ok);
    assert.match(
      outcome.refusal.why,
      /snp is 24, 26 is needed \(2 short\); microcode is 219, 220 is needed \(1 short\)/,
    );
  });

  test('looks at the committed TCB too: the host may go back to it while the guest runs', async () => {
    const { tcb } = milan.state;
    const appraisal = await acceptedCase({ report: { fields: { committedTcb: { ...tcb, snp: tcb.snp - 1 } } } });
    const under = (snp: number) =>
      checkSnpBaseline(appraisal, { ...defaultSnpBaseline, minimumTcb: { Milan: { snp } } });
    assert.equal(outcomeCode(under(tcb.snp - 1)), 'accepted');
    const outcome = under(tcb.snp);
    assert.equal(outcomeCode(outcome), 'snp-baseline-tcb');
    assert.match(outcome.ok ? '' : outcome.refusal.why, /the committed TCB .* snp is 23, 24 is needed/);
  });

  test('may refuse products that it does not name', async () => {
    const minimumTcb = { Genoa: { snp: 1 } };
    assert.equal(await codeUnder({ minimumTcb, productsWithoutMinimum: 'refuse' }), 'snp-baseline-product');
    assert.equal(await codeUnder({ minimumTcb: { Milan: {} }, productsWithoutMinimum: 'refuse' }), 'accepted');
  });

  test('demands a revocation list unless told otherwise', async () => {
    const appraisal = await acceptedCase({ crl: 'unchecked' });
    assert.equal(outcomeCode(checkSnpBaseline(appraisal, defaultSnpBaseline)), 'snp-baseline-revocation');
    const lenient = { ...defaultSnpBaseline, revocation: 'unchecked' } as const;
    assert.equal(outcomeCode(checkSnpBaseline(appraisal, lenient)), 'accepted');
  });
});

const data = Buffer.from('held by the guest');
const digest = createHash('sha256').update(data).digest();

describe('data beside a report', () => {
  test('runtime data are those whose SHA-256 begins the report data; the rest is the guest’s', async () => {
    for (const rest of [Buffer.alloc(32), Buffer.alloc(32, 9)]) {
      const report = await reportOf({ fields: { reportData: Buffer.concat([digest, rest]) } });
      assert.equal(outcomeCode(checkSnpRuntimeData(report, data)), 'accepted');
      assert.equal(outcomeCode(checkSnpRuntimeData(report, Buffer.from('other'))), 'snp-runtime-data');
    }
    const elsewhere = await reportOf({ fields: { reportData: Buffer.concat([Buffer.alloc(32), digest]) } });
    assert.equal(outcomeCode(checkSnpRuntimeData(elsewhere, data)), 'snp-runtime-data');
  });

  test('init-time data are those whose SHA-256 is the host data', async () => {
    const report = await reportOf({ fields: { hostData: digest } });
    assert.equal(outcomeCode(checkSnpInitTimeData(report, data)), 'accepted');
    assert.equal(outcomeCode(checkSnpInitTimeData(report, Buffer.alloc(0))), 'snp-init-time-data');
  });
});

test('claims have the names and forms of Azure Attestation', async () => {
  const hex = (byte: string, size: number): string => byte.repeat(size);
  const fields = {
    guestSvn: 7,
    familyId: hex('0a', 16),
    imageId: hex('0b', 16),
    vmpl: 2,
    reportData: hex('0c', 64),
    measurement: hex('0d', 48),
    hostData: hex('0e', 32),
    idKeyDigest: hex('0f', 48),
    authorKeyDigest: hex('1a', 48),
    reportId: hex('1b', 32),
    currentTcb: { bootLoader: 200, tee: 200, snp: 200, microcode: 255 },
    ...migrating,
  };
  assert.deepEqual(sevSnpClaims(await acceptedCase({ report: { fields } })), {
    'x-ms-sevsnpvm-authorkeydigest': fields.authorKeyDigest,
    'x-ms-sevsnpvm-bootloader-svn': 4,
    'x-ms-sevsnpvm-familyId': fields.familyId,
    'x-ms-sevsnpvm-guestsvn': 7,
    'x-ms-sevsnpvm-hostdata': fields.hostData,
    'x-ms-sevsnpvm-idkeydigest': fields.idKeyDigest,
    'x-ms-sevsnpvm-imageId': fields.imageId,
    'x-ms-sevsnpvm-is-debuggable': false,
    'x-ms-sevsnpvm-launchmeasurement': fields.measurement,
    'x-ms-sevsnpvm-microcode-svn': 219,
    'x-ms-sevsnpvm-migration-allowed': true,
    'x-ms-sevsnpvm-reportdata': fields.reportData,
    'x-ms-sevsnpvm-reportid': fields.reportId,
    'x-ms-sevsnpvm-smt-allowed': true,
    'x-ms-sevsnpvm-snpfw-svn': 24,
    'x-ms-sevsnpvm-tee-svn': 0,
    'x-ms-sevsnpvm-vmpl': 2,
  });
});
