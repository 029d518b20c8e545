/** A saved platform is the same platform in another process. */
import assert from 'node:assert/strict';
import { verify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createSimulatedPlatform, exportSimulatedPlatform, importSimulatedPlatform } from '../sgx/index.ts';

const at = new Date('2026-06-01T12:00:00Z');

test('a platform survives JSON: same root, certificates, platform fields, keys that still sign for them', async () => {
  const platform = await createSimulatedPlatform({ at, ca: 'processor', fmspc: '0102030405ff', pck: { pceSvn: 7 } });
  const saved = exportSimulatedPlatform(platform);
  const again = importSimulatedPlatform(JSON.parse(JSON.stringify(saved)));
  assert.equal(again.rootFingerprint, platform.rootFingerprint);
  assert.deepEqual(exportSimulatedPlatform(again), saved);
  const { qeIdentity, qeIdentitySignature } = await again.collateral();
  const { publicKey } = new X509Certificate(platform.certificates.tcbSigning);
  assert.ok(verify('sha256', qeIdentity, { key: publicKey, dsaEncoding: 'ieee-p1363' }, qeIdentitySignature));
  const [one, other] = [platform.quote(), again.quote()];
  assert.deepEqual(other.subarray(0, 432), one.subarray(0, 432));
  assert.deepEqual(other.subarray(500, 948), one.subarray(500, 948));
});

test('refuses documents that are no saved platform', () => {
  for (const document of [null, 1, {}, { format: 'atesto-simulated-intel-platform', version: 2 }]) {
    assert.throws(() => importSimulatedPlatform(document), TypeError);
  }
});
