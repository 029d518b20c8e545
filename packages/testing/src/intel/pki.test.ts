/** The simulated Intel's certificates, read back by node:crypto. */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createSimulatedPlatform } from '../sgx/index.ts';
import { generateEcKeys } from '../x509/index.ts';

const at = new Date('2026-06-01T12:00:00Z');

test('the chain of a PCK certificate verifies link by link with node:crypto', async () => {
  for (const [ca, name] of [
    ['platform', 'Intel SGX PCK Platform CA'],
    ['processor', 'Intel SGX PCK Processor CA'],
  ] as const) {
    const { certificates } = await createSimulatedPlatform({ at, ca });
    const root = new X509Certificate(certificates.root);
    const pckCa = new X509Certificate(certificates.pckCa);
    const pck = new X509Certificate(certificates.pck);
    const tcbSigning = new X509Certificate(certificates.tcbSigning);
    assert.match(pckCa.subject, new RegExp(`^CN=${name}$`, 'm'));
    assert.match(pck.subject, /^CN=Intel SGX PCK Certificate$/m);
    assert.match(pck.subject, /^O=Atesto Simulator\\, not Intel$/m);
    assert.ok(pck.checkIssued(pckCa) && pck.verify(pckCa.publicKey));
    assert.ok(pckCa.checkIssued(root) && pckCa.verify(root.publicKey));
    assert.ok(tcbSigning.checkIssued(root) && tcbSigning.verify(root.publicKey));
    assert.ok(root.checkIssued(root) && root.verify(root.publicKey));
    assert.deepEqual([root.ca, pckCa.ca, pck.ca, tcbSigning.ca], [true, true, false, false]);
    for (const certificate of [root, pckCa, pck, tcbSigning]) {
      assert.ok(certificate.validFromDate < at && at < certificate.validToDate);
    }
  }
});

test('the fingerprint is SHA-256 of the root key in SubjectPublicKeyInfo', async () => {
  const platform = await createSimulatedPlatform({ at });
  const spki = new X509Certificate(platform.certificates.root).publicKey.export({ type: 'spki', format: 'der' });
  assert.equal(platform.rootFingerprint, createHash('sha256').update(spki).digest('hex'));
});

test('one overridden field of one certificate leaves the keys and the other fields as they were', async () => {
  const platform = await createSimulatedPlatform({ at });
  const notAfter = new Date('2026-05-01T00:00:00Z');
  const changed = await platform.reissue({ pckCa: { notAfter } });
  const before = new X509Certificate(platform.certificates.pckCa);
  const after = new X509Certificate(changed.certificates.pckCa);
  assert.equal(after.validToDate.getTime(), notAfter.getTime());
  assert.deepEqual([after.subject, after.validFrom, after.ca], [before.subject, before.validFrom, before.ca]);
  assert.ok(after.publicKey.equals(before.publicKey));
  assert.equal(changed.rootFingerprint, platform.rootFingerprint);
});

test('certificates can be signed by another key, name another subject, lack constraints', async () => {
  const stranger = generateEcKeys();
  const { certificates } = await createSimulatedPlatform({
    at,
    certificates: {
      pck: { signWith: stranger, subject: 'CN=Somebody', serialNumber: '0a0b' },
      pckCa: { ca: 'absent', keyUsage: 'absent' },
      root: { notAfter: new Date('2026-01-01T00:00:00Z') },
    },
  });
  const pck = new X509Certificate(certificates.pck);
  assert.equal(pck.verify(new X509Certificate(certificates.pckCa).publicKey), false);
  assert.equal(pck.verify(stranger.publicKey), true);
  assert.equal(pck.subject, 'CN=Somebody');
  assert.equal(pck.serialNumber, '0A0B');
  assert.equal(new X509Certificate(certificates.pckCa).ca, false);
  assert.equal(new X509Certificate(certificates.root).validTo, 'Jan  1 00:00:00 2026 GMT');
});

test('certificates can be signed with another hash, for a key on another curve, with further extensions', async () => {
  const key = generateEcKeys('P-384');
  const extension = { oid: '1.2.3.4', critical: true, value: Buffer.from('0500', 'hex') };
  const { certificates } = await createSimulatedPlatform({
    at,
    certificates: { pck: { key, scheme: { name: 'ECDSA', hash: 'SHA-384' }, extensions: [extension], pathLength: 3 } },
  });
  const pck = new X509Certificate(certificates.pck);
  assert.ok(pck.publicKey.equals(key.publicKey));
  assert.ok(pck.verify(new X509Certificate(certificates.pckCa).publicKey));
  const ecdsaWithSha384 = '06082a8648ce3d040303';
  assert.ok(pck.raw.toString('hex').includes(ecdsaWithSha384));
  const criticalExtension = '06032a03040101ff04020500';
  assert.ok(pck.raw.toString('hex').includes(criticalExtension));
});

test('a certificate can be changed after signing', async () => {
  const { certificates } = await createSimulatedPlatform({
    at,
    certificates: {
      pck: {
        mutate: (der) => {
          der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
          return der;
        },
      },
    },
  });
  assert.equal(new X509Certificate(certificates.pck).verify(new X509Certificate(certificates.pckCa).publicKey), false);
});
