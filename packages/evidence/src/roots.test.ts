import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { readVector, readVectorCollateral, vectorsMissing } from '@atesto/vectors';
import { amdRoots, intelRoots } from './roots.ts';

const fingerprint = (pem: string): string =>
  createHash('sha256')
    .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');

describe('pinned roots', () => {
  test('are all production roots with the SHA-256 of a public key', () => {
    for (const { spkiSha256, development } of [...intelRoots, ...amdRoots]) {
      assert.match(spkiSha256, /^[0-9a-f]{64}$/);
      assert.equal(development, false);
    }
  });

  test('cannot be added to or changed', () => {
    for (const roots of [intelRoots, amdRoots]) {
      assert.throws(() => Object.assign(roots, { [roots.length]: roots[0] }), TypeError);
      for (const root of roots) assert.throws(() => Object.assign(root, { spkiSha256: '00'.repeat(32) }), TypeError);
    }
  });

  test('Intel SGX Root CA is the one of real collateral', { skip: vectorsMissing('sgx') }, () => {
    const { tcbInfoIssuerChain } = readVectorCollateral('sgx', 'v3-platform-ca-up-to-date');
    const [, root = ''] = tcbInfoIssuerChain.split(/(?<=-----END CERTIFICATE-----)\s*/);
    assert.deepEqual(
      intelRoots.map(({ name, spkiSha256 }) => [name, spkiSha256]),
      [['Intel SGX Root CA', fingerprint(root)]],
    );
  });

  test('AMD root keys are the published ones', { skip: vectorsMissing('sevsnp', 'amd-ca') }, () => {
    for (const { name, spkiSha256 } of amdRoots) {
      assert.equal(spkiSha256, fingerprint(readVector('sevsnp', 'amd-ca', `${name}.pem`).toString('latin1')));
    }
  });
});
