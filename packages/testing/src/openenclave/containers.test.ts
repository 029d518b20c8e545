/** OpenEnclave reports and evidence, byte by byte. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createSimulatedPlatform, writeCustomClaims } from '../sgx/index.ts';

const platform = await createSimulatedPlatform({ at: new Date('2026-06-01T12:00:00Z') });

test('a report is version 1, type 2, the size, the quote', () => {
  const report = Buffer.from(platform.openEnclaveReport());
  assert.deepEqual([report.readUInt32LE(0), report.readUInt32LE(4)], [1, 2]);
  assert.equal(Number(report.readBigUInt64LE(8)), report.length - 16);
  assert.equal(report.readUInt16LE(16), 3);
});

test('evidence is version 3, the SGX ECDSA format, the size, the quote, claims that the report data commits to', () => {
  const customClaims = [{ name: 'key', value: Buffer.of(1, 2, 3) }];
  const evidence = Buffer.from(platform.openEnclaveEvidence({ customClaims }));
  assert.equal(evidence.readUInt32LE(0), 3);
  assert.equal(evidence.subarray(4, 20).toString('hex'), 'a3a21e871b4d4014b70aa125d2fbcd8c');
  assert.equal(Number(evidence.readBigUInt64LE(20)), evidence.length - 28);
  const claims = writeCustomClaims(customClaims);
  assert.ok(evidence.subarray(-claims.length).equals(claims));
  const reportData = evidence.subarray(28 + 48 + 320, 28 + 432);
  assert.deepEqual(reportData, Buffer.concat([createHash('sha256').update(claims).digest(), Buffer.alloc(32)]));
});

test('a claims buffer counts its claims and sizes names with their NUL', () => {
  assert.equal(
    writeCustomClaims([{ name: 'ab', value: Buffer.of(9) }]).toString('hex'),
    '010000000000000001000000000000000300000000000000010000000000000061620009',
  );
  assert.equal(writeCustomClaims([]).toString('hex'), '01000000000000000000000000000000');
});

test('every field of the headers can be set', () => {
  const report = Buffer.from(platform.openEnclaveReport({ container: { version: 7, type: 1, sizeBytes: 9n } }));
  assert.equal(report.subarray(0, 16).toString('hex'), '07000000010000000900000000000000');
  const format = '00'.repeat(16);
  const evidence = Buffer.from(platform.openEnclaveEvidence({ container: { version: 2, format, sizeBytes: 1n } }));
  assert.equal(evidence.subarray(0, 28).toString('hex'), `02000000${format}0100000000000000`);
  const bare = Buffer.from(platform.openEnclaveEvidence({ customClaims: new Uint8Array() }));
  assert.equal(bare.length, Number(bare.readBigUInt64LE(20)) + 28);
});
