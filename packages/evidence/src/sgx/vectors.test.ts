/** Real SGX evidence gives the expected facts, and no damage to it is ever taken for genuine. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  readVector,
  readVectorCollateral,
  readVectorJson,
  vectorCases,
  vectorPath,
  vectorsMissing,
} from '@atesto/vectors';
import { appraiseSgxBytes } from '../__fixtures__/appraise-bytes.ts';
import { checkSgxRuntimeData, parseSgxEvidence, VerificationCache, verifyIntelCollateral } from '../advanced.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const evidenceFile = (name: string): string =>
  ['quote.bin', 'report.bin'].find((file) => existsSync(vectorPath('sgx', name, file))) ?? 'quote.bin';

function appraiseCase(name: string, evidence = readVector('sgx', name, evidenceFile(name)), cache?: VerificationCache) {
  const { verificationTime } = readVectorJson('sgx', name, 'expected.json');
  const verified = verifyIntelCollateral(readVectorCollateral('sgx', name));
  assert.ok(verified.ok);
  return appraiseSgxBytes(evidence, verified.value, {
    at: new Date(String(verificationTime)),
    allowExpiredCollateral: true,
    ...(cache === undefined ? {} : { cache }),
  });
}

describe('real SGX evidence', { skip: vectorsMissing('sgx') }, () => {
  for (const name of vectorCases('sgx')) {
    test(`${name}: appraisal finds every expected fact`, () => {
      const expected = readVectorJson('sgx', name, 'expected.json');
      const outcome = appraiseCase(name);
      assert.ok(outcome.ok);
      const { value } = outcome;
      const { body } = value;
      assert.deepEqual(
        {
          tee: value.tee,
          quoteVersion: value.quoteVersion,
          attestationKeyType: value.attestationKeyType,
          certificationDataType: value.certificationDataType,
          fmspc: value.pck.fmspc,
          pceId: value.pck.pceId,
          pck: {
            issuer: value.pckIssuer,
            pcesvn: value.pck.pceSvn,
            sgxTcbComponentSvns: value.pck.componentSvns,
            notBefore: value.pckNotBefore.toISOString(),
            notAfter: value.pckNotAfter.toISOString(),
          },
          tcbEvaluationDataNumber: value.collateral.tcbEvaluationDataNumber,
          platformTcbLevelStatus: value.platformTcbStatus,
          tcbDate: value.tcbDate.toISOString().replace('.000Z', 'Z'),
          qeTcbStatus: value.qeTcbStatus,
          qeIsvSvn: value.qeIsvSvn,
          tcbStatus: value.tcbStatus,
          advisoryIds: value.advisoryIds,
          // The expectations list signed JSON bodies only; lists of revoked certificates have their own test below.
          collateralExpired: value.collateral.expired.filter((part) => !part.endsWith('_crl')),
          trailingBytes: value.trailingBytes,
          body: {
            mrEnclave: hex(body.mrEnclave),
            mrSigner: hex(body.mrSigner),
            isvProdId: body.isvProdId,
            isvSvn: body.isvSvn,
            debug: body.debug,
            attributes: hex(body.attributes),
            configId: hex(body.configId),
            configSvn: body.configSvn,
            reportData: hex(body.reportData),
          },
        },
        Object.fromEntries(
          Object.entries(expected).filter(
            ([key]) => !['source', 'verificationTime', 'signaturesValid', 'container', 'runtimeData'].includes(key),
          ),
        ),
      );
    });

    test(`${name}: expired collateral refuses unless it is allowed`, () => {
      const { verificationTime, collateralExpired } = readVectorJson('sgx', name, 'expected.json');
      const strict = appraiseSgxBytes(readVector('sgx', name, evidenceFile(name)), readVectorCollateral('sgx', name), {
        at: new Date(String(verificationTime)),
      });
      const isExpired = Array.isArray(collateralExpired) && collateralExpired.length > 0;
      assert.equal(strict.ok ? 'valid' : strict.refusal.code, isExpired ? 'collateral-expired' : 'valid');
    });

    test(`${name}: runtime data binds when it is the enclave's, and only then`, () => {
      if (!existsSync(vectorPath('sgx', name, 'runtime-data.bin'))) return;
      const outcome = appraiseCase(name);
      assert.ok(outcome.ok);
      const data = readVector('sgx', name, 'runtime-data.bin');
      assert.ok(checkSgxRuntimeData(outcome.value.body, data).ok);
      const wrong = checkSgxRuntimeData(outcome.value.body, Buffer.concat([data, Buffer.of(0)]));
      assert.equal(wrong.ok ? 'bound' : wrong.refusal.code, 'sgx-runtime-data');
    });
  }

  test('a list of revoked certificates past its next update counts as expired', () => {
    const outcome = appraiseCase('v3-debug-enclave-out-of-date');
    assert.ok(outcome.ok);
    assert.deepEqual(outcome.value.collateral.expired, ['pck_crl', 'qe_identity']);
  });

  test('evidence cut off at any byte is refused', () => {
    const whole = readVector('sgx', 'v3-platform-ca-up-to-date', 'quote.bin');
    const cache = new VerificationCache();
    const verified = verifyIntelCollateral(readVectorCollateral('sgx', 'v3-platform-ca-up-to-date'));
    assert.ok(verified.ok);
    const options = { at: new Date('2025-10-01T00:00:00Z'), allowExpiredCollateral: true, cache };
    for (let length = 0; length < whole.length; length += 1) {
      const outcome = appraiseSgxBytes(whole.subarray(0, length), verified.value, options);
      assert.equal(outcome.ok ? 'valid' : outcome.refusal.code, 'evidence-truncated', `${length} bytes`);
    }
  });

  test('a flipped bit anywhere in a quote is never valid', () => {
    const whole = readVector('sgx', 'v3-platform-ca-up-to-date', 'quote.bin');
    const cache = new VerificationCache(4);
    const verified = verifyIntelCollateral(readVectorCollateral('sgx', 'v3-platform-ca-up-to-date'));
    assert.ok(verified.ok);
    const options = { at: new Date('2025-10-01T00:00:00Z'), allowExpiredCollateral: true, cache };
    const accepted: number[] = [];
    // Every byte of header, body, signatures and QE report; every seventh of the certificates.
    for (let offset = 0; offset < whole.length; offset += offset < 1100 ? 1 : 7) {
      const flipped = Uint8Array.from(whole);
      flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
      if (appraiseSgxBytes(flipped, verified.value, options).ok) accepted.push(offset);
    }
    // The quote's last byte is the NUL after the PEM text, which nothing signs; white space inside PEM does not change a certificate.
    assert.deepEqual(
      accepted.filter((offset) => offset < 1100),
      [],
    );
    for (const offset of accepted) assert.match(String.fromCharCode(whole[offset] ?? 0), /[\n\0=]/, `offset ${offset}`);
  });

  test('a bare quote behind an OpenEnclave header with another size is refused', () => {
    const report = Uint8Array.from(readVector('sgx', 'openenclave-report-out-of-date', 'report.bin'));
    report.set([0xff, 0xff, 0x00], 8);
    const outcome = parseSgxEvidence(report);
    assert.equal(outcome.ok ? 'parsed' : outcome.refusal.code, 'oe-size');
  });

  for (const [name, type, debug, container] of [
    ['certification-type-1', 1, false, undefined],
    ['debug-occlum', 5, true, undefined],
    ['openenclave-report-bad', 5, true, 'report'],
  ] as const) {
    test(`${name} parses`, () => {
      const outcome = parseSgxEvidence(readVector('sgx', 'parse-only', name, 'evidence.bin'));
      assert.ok(outcome.ok);
      const { quote, body, openEnclave } = outcome.value;
      assert.deepEqual([quote.certification.type, body.debug, openEnclave?.container], [type, debug, container]);
    });
  }

  test('appraisal leaves the evidence untouched', () => {
    const evidence = readVector('sgx', 'v3-platform-ca-up-to-date', 'quote.bin');
    const before = Buffer.from(evidence);
    appraiseCase('v3-platform-ca-up-to-date', evidence);
    assert.ok(before.equals(evidence));
  });
});
