/** The quote is found in every container of the Open Enclave SDK, and claims that it does not commit to are refused. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readVector, readVectorCollateral, readVectorJson, vectorsMissing } from '@atesto/vectors';
import { appraiseSgxBytes } from '../__fixtures__/appraise-bytes.ts';
import { parseSgxEvidence, verifyIntelCollateral } from '../advanced.ts';

const name = 'openenclave-report-out-of-date';
const sgxEcdsa = Buffer.from('a3a21e871b4d4014b70aa125d2fbcd8c', 'hex');

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const u64 = (value: number): Buffer => Buffer.concat([u32(value), u32(0)]);
const report = (quote: Uint8Array, size = quote.length, version = 1, type = 2): Buffer =>
  Buffer.concat([u32(version), u32(type), u64(size), quote]);
const evidence = (data: Uint8Array, version = 3, format = sgxEcdsa, size = data.length): Buffer =>
  Buffer.concat([u32(version), format, u64(size), data]);

describe('OpenEnclave containers', { skip: vectorsMissing('sgx', name) }, () => {
  const whole = readVector('sgx', name, 'report.bin');
  const quote = whole.subarray(16);
  // The enclave's runtime data hashes to its report data, so it can stand as custom claims too.
  const claims = readVector('sgx', name, 'runtime-data.bin');
  const other = readVector('sgx', 'v3-platform-ca-up-to-date', 'quote.bin');
  const verified = verifyIntelCollateral(readVectorCollateral('sgx', name));
  assert.ok(verified.ok);
  const at = new Date(String(readVectorJson('sgx', name, 'expected.json')['verificationTime']));

  const appraise = (bytes: Uint8Array) => {
    const outcome = appraiseSgxBytes(bytes, verified.value, { at, allowExpiredCollateral: true });
    if (!outcome.ok) return outcome.refusal.code;
    const { openEnclave, trailingBytes } = outcome.value;
    return [openEnclave?.container, openEnclave?.customClaims.length, trailingBytes];
  };
  const parseCode = (bytes: Uint8Array): string => {
    const outcome = parseSgxEvidence(bytes);
    return outcome.ok ? 'accepted' : outcome.refusal.code;
  };

  test('a bare quote is in no container', () => {
    assert.deepEqual(appraise(quote), [undefined, undefined, 0]);
  });

  test('a report holds the quote, and padding that is counted', () => {
    assert.deepEqual(appraise(report(quote)), ['report', 0, 0]);
    const padded = Buffer.concat([quote, Buffer.alloc(5)]);
    assert.deepEqual(appraise(report(padded)), ['report', 0, 5]);
    assert.deepEqual(appraise(Buffer.concat([report(quote), Buffer.alloc(3)])), ['report', 0, 3]);
  });

  test('evidence of version 3, of version 2, and behind the format alone holds quote and claims', () => {
    const data = Buffer.concat([quote, claims]);
    const older = Buffer.concat([report(quote), claims]);
    for (const bytes of [
      evidence(data),
      evidence(older, 2),
      Buffer.concat([sgxEcdsa, data]),
      Buffer.concat([sgxEcdsa, older]),
    ]) {
      assert.deepEqual(appraise(bytes), ['evidence', claims.length, 0]);
    }
  });

  test('refuses claims that the report data is not the hash of with oe-claims-binding', () => {
    const changed = Buffer.from(claims);
    changed[0] = (changed[0] ?? 0) ^ 1;
    for (const others of [changed, Buffer.concat([claims, Buffer.of(0)]), claims.subarray(1)]) {
      assert.equal(appraise(evidence(Buffer.concat([quote, others]))), 'oe-claims-binding');
      assert.equal(appraise(evidence(Buffer.concat([report(quote), others]), 2)), 'oe-claims-binding');
    }
  });

  test('refuses evidence whose claims were taken away with oe-claims-binding', () => {
    assert.equal(appraise(evidence(quote)), 'oe-claims-binding');
    assert.equal(appraise(Buffer.concat([sgxEcdsa, quote])), 'oe-claims-binding');
  });

  test('refuses another kind of report with oe-report-type', () => {
    for (const type of [0, 1, 3]) assert.equal(parseCode(report(quote, quote.length, 1, type)), 'oe-report-type');
  });

  test('refuses a stated size of nothing, or beyond the bytes, with oe-size', () => {
    for (const size of [0, quote.length + 1, 0xffffffff]) assert.equal(parseCode(report(quote, size)), 'oe-size');
    assert.equal(parseCode(evidence(quote, 3, sgxEcdsa, quote.length + 1)), 'oe-size');
    const huge = report(quote);
    huge.writeUInt32LE(1, 12);
    assert.equal(parseCode(huge), 'oe-size');
  });

  test('does not read a quote beyond the stated size', () => {
    assert.equal(parseCode(report(quote, quote.length - 1)), 'evidence-truncated');
    assert.equal(parseCode(evidence(report(quote, quote.length - 1), 2)), 'evidence-truncated');
  });

  test('refuses bytes behind evidence with evidence-trailing-bytes', () => {
    assert.equal(parseCode(Buffer.concat([evidence(quote), Buffer.of(0)])), 'evidence-trailing-bytes');
  });

  test('refuses another format with oe-format, and another header version as no quote', () => {
    assert.equal(parseCode(evidence(quote, 3, Buffer.alloc(16, 7))), 'oe-format');
    assert.equal(parseCode(evidence(quote, 4)), 'quote-attestation-key-type');
    assert.equal(parseCode(report(quote, quote.length, 7)), 'quote-version');
    assert.equal(parseCode(evidence(quote, 2)), 'oe-format');
    assert.equal(parseCode(evidence(report(quote))), 'quote-version');
  });

  test('a container adds no trust: the quote in it is appraised in full', () => {
    assert.notDeepEqual(appraise(report(other)), ['report', 0, 0]);
  });

  test('containers cut off anywhere are refused', () => {
    for (const bytes of [whole, evidence(Buffer.concat([quote, claims]))]) {
      for (let length = 0; length < bytes.length; length += length < 64 ? 1 : 37) {
        assert.notEqual(parseCode(bytes.subarray(0, length)), 'accepted', `${length} bytes`);
      }
    }
  });
});
