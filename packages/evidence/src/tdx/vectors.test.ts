/** Real TDX evidence gives the expected facts, and no damage to it is ever taken for genuine. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readVector, readVectorCollateral, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { appraiseSgxBytes, appraiseTdxBytes } from '../__fixtures__/appraise-bytes.ts';
import { parseTdxEvidence, VerificationCache, verifyIntelCollateral } from '../advanced.ts';

const hex = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString('hex');

function prepareCase(name: string) {
  const verified = verifyIntelCollateral(readVectorCollateral('tdx', name));
  assert.ok(verified.ok);
  const at = new Date(String(readVectorJson('tdx', name, 'expected.json').verificationTime));
  return { collateral: verified.value, options: { at, cache: new VerificationCache() } };
}

/** The members of `expected` that it and the appraisal both describe. */
function bodyFacts(body: NonNullable<ReturnType<typeof bodyOf>>) {
  return Object.fromEntries(
    Object.entries({
      teeTcbSvn: hex(body.teeTcbSvn),
      mrSeam: hex(body.mrSeam),
      mrSignerSeam: hex(body.mrSignerSeam),
      seamAttributes: hex(body.seamAttributes),
      tdAttributes: hex(body.tdAttributes),
      xfam: hex(body.xfam),
      mrTd: hex(body.mrTd),
      mrConfigId: hex(body.mrConfigId),
      mrOwner: hex(body.mrOwner),
      mrOwnerConfig: hex(body.mrOwnerConfig),
      rtmr0: hex(body.rtmrs[0]),
      rtmr1: hex(body.rtmrs[1]),
      rtmr2: hex(body.rtmrs[2]),
      rtmr3: hex(body.rtmrs[3]),
      reportData: hex(body.reportData),
      teeTcbSvn2: hex(body.teeTcbSvn2),
      mrServiceTd: hex(body.mrServiceTd),
      debug: body.debug,
    }).filter(([, value]) => value !== undefined),
  );
}

function bodyOf(name: string) {
  const parsed = parseTdxEvidence(readVector('tdx', name, 'quote.bin'));
  return parsed.ok ? parsed.value.body : undefined;
}

describe('real TDX evidence', { skip: vectorsMissing('tdx') }, () => {
  for (const name of vectorCases('tdx')) {
    test(`${name}: appraisal finds every expected fact`, () => {
      const expected = readVectorJson('tdx', name, 'expected.json');
      const { collateral, options } = prepareCase(name);
      const outcome = appraiseTdxBytes(readVector('tdx', name, 'quote.bin'), collateral, options);
      const body = bodyOf(name);
      assert.ok(body);
      assert.deepEqual(bodyFacts(body), expected.body);
      if (expected.tcbStatus === 'NotSupported') {
        assert.deepEqual(outcome.ok ? outcome : [outcome.refusal.code, outcome.facts.tcbStatus], [
          'tcb-level-not-found',
          'NotSupported',
        ]);
        return;
      }
      assert.ok(outcome.ok);
      const { value } = outcome;
      const moduleStatus = expected.tdxModuleStatus;
      assert.deepEqual(
        {
          quoteVersion: value.quoteVersion,
          certificationDataType: value.certificationDataType,
          fmspc: value.pck.fmspc,
          issuer: value.pckIssuer,
          pcesvn: value.pck.pceSvn,
          tcbEvaluationDataNumber: value.collateral.tcbEvaluationDataNumber,
          platform: value.platformTcbStatus,
          tcbDate: value.tcbDate.toISOString().replace('.000Z', 'Z'),
          module: value.tdxModuleStatus ?? 'version 0',
          qe: value.qeTcbStatus,
          qeIsvSvn: value.qeIsvSvn,
          tcbStatus: value.tcbStatus,
          advisoryIds: value.advisoryIds,
          expired: value.collateral.expired,
          trailingBytes: value.trailingBytes,
        },
        {
          quoteVersion: expected.quoteVersion,
          certificationDataType: expected.certificationDataType,
          fmspc: expected.fmspc,
          issuer: Object(expected.pck).issuer,
          pcesvn: Object(expected.pck).pcesvn,
          tcbEvaluationDataNumber: expected.tcbEvaluationDataNumber,
          platform: expected.platformTcbLevelStatus,
          tcbDate: expected.tcbDate,
          module: String(moduleStatus).includes('module version 0') ? 'version 0' : moduleStatus,
          qe: expected.qeTcbStatus,
          qeIsvSvn: expected.qeIsvSvn,
          tcbStatus: expected.tcbStatus,
          advisoryIds: expected.advisoryIds,
          expired: expected.collateralExpired,
          trailingBytes: expected.trailingBytes,
        },
      );
    });
  }

  test('a machine with module 1.4 reaches the level of 5.0, which comparing all sixteen components denies it', () => {
    const name = 'v4-azure-without-sept-ve-disable';
    const { collateral, options } = prepareCase(name);
    const outcome = appraiseTdxBytes(readVector('tdx', name, 'quote.bin'), collateral, options);
    assert.ok(outcome.ok);
    const { platformTcbStatus, body, pck } = outcome.value;
    const comparingAll = collateral.tcbInfo.tcbLevels.find(
      (level) =>
        pck.pceSvn >= level.pceSvn &&
        level.sgxComponents.every(({ svn }, index) => (pck.componentSvns[index] ?? 0) >= svn) &&
        level.tdxComponents?.every(({ svn }, index) => (body.teeTcbSvn[index] ?? 0) >= svn),
    );
    assert.deepEqual([hex(body.teeTcbSvn.subarray(0, 3)), platformTcbStatus], ['040107', 'UpToDate']);
    assert.equal(comparingAll?.status, 'OutOfDate');
  });

  for (const name of ['v4-up-to-date', 'v5-td15-up-to-date']) {
    test(`${name}: cut off at any byte it is refused`, () => {
      const whole = readVector('tdx', name, 'quote.bin');
      const { collateral, options } = prepareCase(name);
      const declared = whole.length - Number(readVectorJson('tdx', name, 'expected.json').trailingBytes);
      for (let length = 0; length < declared; length += 1) {
        const outcome = appraiseTdxBytes(whole.subarray(0, length), collateral, options);
        assert.equal(outcome.ok ? 'valid' : outcome.refusal.code, 'evidence-truncated', `${length} bytes`);
      }
    });

    test(`${name}: a flipped bit in header, body or signatures is never valid`, () => {
      const whole = readVector('tdx', name, 'quote.bin');
      const { collateral, options } = prepareCase(name);
      for (let offset = 0; offset < 1300; offset += 1) {
        const flipped = Uint8Array.from(whole);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        assert.equal(appraiseTdxBytes(flipped, collateral, options).ok, false, `offset ${offset}`);
      }
    });
  }

  test('a TDX quote is refused where SGX evidence is due, and its collateral too', () => {
    const { collateral, options } = prepareCase('v4-up-to-date');
    const outcome = appraiseSgxBytes(readVector('tdx', 'v4-up-to-date', 'quote.bin'), collateral, options);
    assert.equal(outcome.ok ? 'valid' : outcome.refusal.code, 'quote-tee-type');
    if (vectorsMissing('sgx') !== false) return;
    const sgx = readVectorCollateral('sgx', 'v3-platform-ca-up-to-date');
    const wrong = appraiseTdxBytes(readVector('tdx', 'v4-up-to-date', 'quote.bin'), sgx, { at: options.at });
    assert.equal(wrong.ok ? 'valid' : wrong.refusal.code, 'collateral-kind');
  });

  for (const name of ['fmspc-00a06d080000', 'live-2026']) {
    test(`${name} parses`, () => {
      const outcome = parseTdxEvidence(readVector('tdx', 'parse-only', name, 'evidence.bin'));
      assert.ok(outcome.ok);
      assert.equal(outcome.value.quote.certification.type, 5);
    });
  }
});
