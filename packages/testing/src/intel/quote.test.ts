/** Simulated quotes, taken apart at the offsets of Intel's specification and verified by plain node:crypto. */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { createSimulatedPlatform, reportDataOf, type SgxQuoteOptions } from '../sgx/index.ts';
import { generateEcKeys } from '../x509/index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const platform = await createSimulatedPlatform({ at });

/** The regions of a quote of version 3. */
function regions(quote: Buffer) {
  const length = quote.readUInt32LE(432);
  const authSize = quote.readUInt16LE(1012);
  const certification = 1014 + authSize;
  const size = quote.readUInt32LE(certification + 2);
  return {
    signed: quote.subarray(0, 432),
    body: quote.subarray(48, 432),
    endOfSignatureData: 436 + length,
    signature: quote.subarray(436, 500),
    attestationKey: quote.subarray(500, 564),
    qeReport: quote.subarray(564, 948),
    qeReportSignature: quote.subarray(948, 1012),
    qeAuthData: quote.subarray(1014, certification),
    certificationType: quote.readUInt16LE(certification),
    certificationData: quote.subarray(certification + 6, certification + 6 + size),
  };
}

const make = (options: SgxQuoteOptions = {}) => regions(Buffer.from(platform.quote(options)));

function p256(raw: Buffer) {
  const x = raw.subarray(0, 32).toString('base64url');
  const y = raw.subarray(32).toString('base64url');
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
}

function findings(quote: ReturnType<typeof regions>) {
  const key = { key: p256(quote.attestationKey), dsaEncoding: 'ieee-p1363' as const };
  const pck = { key: new X509Certificate(platform.certificates.pck).publicKey, dsaEncoding: 'ieee-p1363' as const };
  const binding = createHash('sha256').update(quote.attestationKey).update(quote.qeAuthData).digest();
  return {
    quoteSignature: verify('sha256', quote.signed, key, quote.signature),
    qeReportSignature: verify('sha256', quote.qeReport, pck, quote.qeReportSignature),
    binding: Buffer.concat([binding, Buffer.alloc(32)]).equals(quote.qeReport.subarray(320)),
  };
}

const faultless = { quoteSignature: true, qeReportSignature: true, binding: true };

describe('a quote of version 3', () => {
  test('is signed by the attestation key that the QE report binds and the PCK key signed', () => {
    const quote = Buffer.from(platform.quote());
    assert.deepEqual(findings(regions(quote)), faultless);
    assert.equal(regions(quote).endOfSignatureData, quote.length);
    assert.equal(quote.subarray(0, 8).toString('hex'), '0300020000000000');
    assert.equal(quote.subarray(12, 28).toString('hex'), '939a7233f79c4ca9940a0db3957f0607');
  });

  test('holds every field of the enclave at its offset', () => {
    const fill = (size: number, byte: number) => Buffer.alloc(size, byte);
    const { body } = make({
      body: {
        cpuSvn: fill(16, 1),
        miscSelect: 2,
        isvExtProdId: fill(16, 3),
        attributes: fill(16, 4),
        debug: true,
        mrEnclave: fill(32, 5),
        mrSigner: fill(32, 6),
        configId: fill(64, 7),
        isvProdId: 8,
        isvSvn: 9,
        configSvn: 10,
        isvFamilyId: fill(16, 11),
        reportData: reportDataOf(Buffer.from('data')),
      },
    });
    assert.deepEqual(body.subarray(0, 16), fill(16, 1));
    assert.equal(body.readUInt32LE(16), 2);
    assert.deepEqual(body.subarray(32, 48), fill(16, 3));
    assert.equal(body[48], 4 | 2);
    assert.deepEqual(body.subarray(49, 64), fill(15, 4));
    assert.deepEqual(body.subarray(64, 96), fill(32, 5));
    assert.deepEqual(body.subarray(128, 160), fill(32, 6));
    assert.deepEqual(body.subarray(192, 256), fill(64, 7));
    assert.deepEqual(
      [256, 258, 260].map((offset) => body.readUInt16LE(offset)),
      [8, 9, 10],
    );
    assert.deepEqual(body.subarray(304, 320), fill(16, 11));
    assert.deepEqual(body.subarray(320, 352), createHash('sha256').update('data').digest());
    assert.deepEqual(body.subarray(352), fill(32, 0));
  });

  test('breaks exactly the signature that another key made', () => {
    const stranger = generateEcKeys();
    assert.deepEqual(findings(make({ signQuoteWith: stranger })), { ...faultless, quoteSignature: false });
    assert.deepEqual(findings(make({ signQeReportWith: stranger })), { ...faultless, qeReportSignature: false });
  });

  test('breaks exactly the binding when the QE report has other report data', () => {
    assert.deepEqual(findings(make({ qeReport: { reportData: Buffer.alloc(64) } })), { ...faultless, binding: false });
  });

  test('keeps its signatures true when bytes are changed before signing, not when after', () => {
    const flip = (offset: number) => (bytes: Buffer) => {
      bytes[offset] = (bytes[offset] ?? 0) ^ 1;
      return bytes;
    };
    assert.deepEqual(findings(make({ mutateSigned: flip(100) })), faultless);
    assert.deepEqual(findings(make({ mutate: flip(100) })), { ...faultless, quoteSignature: false });
  });

  test('refuses to write a field of the wrong size', () => {
    assert.throws(() => platform.quote({ body: { mrEnclave: '00' } }), /MRENCLAVE: expected 32 bytes, not 1/);
  });
});

describe('certification data', () => {
  const { certificates } = platform;
  test('of type 5 is the PCK chain in PEM, with a NUL when asked for', () => {
    const plain = make();
    assert.equal(plain.certificationType, 5);
    assert.equal(plain.certificationData.toString(), certificates.pck + certificates.pckCa + certificates.root);
    assert.equal(make({ certification: { trailingNul: true } }).certificationData.at(-1), 0);
  });

  test('of type 4 is the leaf', () => {
    const { certificationType, certificationData } = make({ certification: { type: 4 } });
    assert.deepEqual([certificationType, certificationData.toString()], [4, certificates.pck]);
  });

  test('of types 1 to 3 names the platform', () => {
    for (const [type, ppidSize] of [
      [1, 16],
      [2, 256],
      [3, 384],
    ] as const) {
      const { certificationType, certificationData } = make({ certification: { type } });
      assert.deepEqual([certificationType, certificationData.length], [type, ppidSize + 20]);
      assert.equal(certificationData.subarray(ppidSize).toString('hex'), '020202020301000500000000000000000d000000');
    }
  });

  test('of an unknown type needs its data', () => {
    assert.throws(() => platform.quote({ certification: { type: 9 } }), /expected the data of type 9/);
    assert.equal(make({ certification: { type: 9, data: 'abcd' } }).certificationData.toString('hex'), 'abcd');
  });
});
