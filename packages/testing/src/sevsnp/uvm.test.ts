/** Simulated endorsements of utility VMs, read by the CBOR library and verified by plain node:crypto. */
import assert from 'node:assert/strict';
import { createHash, verify, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { decode, encode, Tagged } from 'cborg';
import { createSimulatedUvmSigner } from './index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const signer = await createSimulatedUvmSigner({ at });
const { root, authority, signer: leaf } = signer.certificates;
const measurement = 'ab'.repeat(48);

/** The parts of a message; times are seconds. */
function read(message: Uint8Array) {
  const options = { useMaps: true, tags: { ...Tagged.preserve(18), 1: (value: () => unknown) => value() } };
  const { value } = decode(message, options);
  const [protectedBytes, unprotectedHeaders, payload, signature] = value;
  return { protectedBytes, headers: decode(protectedBytes, options), unprotectedHeaders, payload, signature };
}

test('the certificates verify link by link, up to the root that the did:x509 pins', () => {
  const [low, middle, top] = [leaf, authority, root].map((der) => new X509Certificate(der));
  assert.ok(low && middle && top);
  assert.ok(low.checkIssued(middle) && low.verify(middle.publicKey));
  assert.ok(middle.checkIssued(top) && middle.verify(top.publicKey) && top.verify(top.publicKey));
  const fingerprint = createHash('sha256').update(root).digest('base64url');
  assert.equal(signer.issuer, `did:x509:0:sha256:${fingerprint}::eku:1.3.6.1.5.5.7.3.36`);
  assert.deepEqual(low.keyUsage, ['1.3.6.1.5.5.7.3.36']);
});

test('an endorsement has the headers and payload of its form, signed with ECDSA and SHA-384', () => {
  for (const form of ['json', 'hash-envelope'] as const) {
    const { protectedBytes, headers, unprotectedHeaders, payload, signature } = read(
      signer.endorse({ measurement, form, svn: 7 }),
    );
    const toBeSigned = encode(['Signature1', protectedBytes, new Uint8Array(), payload]);
    const key = { key: new X509Certificate(leaf).publicKey, dsaEncoding: 'ieee-p1363' as const };
    assert.ok(verify('sha384', toBeSigned, key, signature));
    assert.deepEqual([headers.get(1), unprotectedHeaders], [-35, new Map()]);
    const statement = [signer.issuer, 'ContainerPlat-AMD-UVM', at.getTime() / 1000, 7];
    if (form === 'json') {
      const said = JSON.parse(Buffer.from(payload).toString());
      assert.equal(headers.get(3), 'application/json');
      assert.equal(said['x-ms-sevsnpvm-launchmeasurement'], measurement);
      const svn = said['x-ms-sevsnpvm-guestsvn'];
      assert.deepEqual([...['iss', 'feed', 'signingtime'].map((label) => headers.get(label)), svn], statement);
    } else {
      const claims = headers.get(15);
      assert.deepEqual([headers.get(258), headers.get(259)], [-43, 'application/octet-stream']);
      assert.equal(Buffer.from(payload).toString('hex'), measurement);
      assert.deepEqual(
        [1, 2, 6, 'svn'].map((label) => claims.get(label)),
        statement,
      );
    }
  }
});
