/** Simulated SEV-SNP evidence: reports and chains by plain node:crypto, layouts beside real reports. */
import assert from 'node:assert/strict';
import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { readVector, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { generateEcKeys } from '../x509/index.ts';
import {
  createSimulatedSnpPlatform,
  exportSimulatedSnpPlatform,
  generateAmdKeys,
  importSimulatedSnpPlatform,
  type SnpReportFields,
  type SnpReportOptions,
} from './index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const keys = await generateAmdKeys(2048);
const milan = await createSimulatedSnpPlatform({ at, keys });

/** The big-endian value of a 72-byte little-endian one. */
const value = (bytes: Buffer) => Buffer.from(bytes.subarray(0, 48)).reverse();

function isSigned(report: Uint8Array, certificate: string): boolean {
  const bytes = Buffer.from(report);
  const signature = Buffer.concat([value(bytes.subarray(672, 744)), value(bytes.subarray(744, 816))]);
  const key = { key: new X509Certificate(certificate).publicKey, dsaEncoding: 'ieee-p1363' as const };
  return verify('sha384', bytes.subarray(0, 672), key, signature);
}

describe('certificates', () => {
  test('of the chip and of the provider verify link by link', async () => {
    for (const [signingKey, authority, leaf] of [
      ['VCEK', 'SEV-Milan', 'SEV-VCEK'],
      ['VLEK', 'SEV-VLEK-Milan', 'SEV-VLEK'],
    ] as const) {
      const { certificate, authorityChain } = await milan.endorsements(signingKey);
      const [ask = '', ark = ''] = authorityChain.split(/(?<=END CERTIFICATE-----\n)/);
      const [low, middle, top] = [new X509Certificate(certificate), new X509Certificate(ask), new X509Certificate(ark)];
      assert.match(low.subject, new RegExp(`CN=${leaf}$`));
      assert.match(middle.subject, new RegExp(`CN=${authority}$`));
      assert.match(top.subject, /O=Atesto Simulator\\, not AMD\nCN=ARK-Milan$/);
      assert.ok(low.checkIssued(middle) && low.verify(middle.publicKey));
      assert.ok(middle.checkIssued(top) && middle.verify(top.publicKey) && top.verify(top.publicKey));
    }
  });

  test('are signed with RSASSA-PSS, SHA-384 and a salt of 48 bytes, the key being plain RSA', () => {
    const { raw, publicKey } = new X509Certificate(milan.certificates.ask);
    assert.equal(publicKey.asymmetricKeyType, 'rsa');
    const signature = raw.subarray(-256);
    const toBeSigned = raw.subarray(4, 8 + raw.readUInt16BE(6));
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
    assert.ok(verify('sha384', toBeSigned, { key: keys.ark.publicKey, ...padding }, signature));
  });

  test('can break one thing', async () => {
    const strange = await milan.reissue({ vcek: { signWith: keys.asvk } });
    const vcek = new X509Certificate(strange.certificates.vcek);
    assert.equal(vcek.verify(new X509Certificate(strange.certificates.ask).publicKey), false);
    assert.equal(vcek.verify(new X509Certificate(strange.certificates.asvk).publicKey), true);
    assert.equal(strange.rootFingerprint, milan.rootFingerprint);
  });

  test('the fingerprint is SHA-256 of the ARK key in SubjectPublicKeyInfo', () => {
    const spki = new X509Certificate(milan.certificates.ark).publicKey.export({ type: 'spki', format: 'der' });
    assert.equal(milan.rootFingerprint, createHash('sha256').update(spki).digest('hex'));
  });
});

describe('reports', () => {
  test('are signed by the key that they name', () => {
    const { vcek, vlek } = milan.certificates;
    assert.deepEqual([isSigned(milan.report(), vcek), isSigned(milan.report(), vlek)], [true, false]);
    assert.ok(isSigned(milan.report({ signingKey: 'VLEK' }), vlek));
  });

  test('can be signed by another key, changed before signing and after', () => {
    const { vcek } = milan.certificates;
    const flip = (bytes: Buffer) => {
      bytes[100] = (bytes[100] ?? 0) ^ 1;
      return bytes;
    };
    const judge = (options: SnpReportOptions) => isSigned(milan.report(options), vcek);
    assert.equal(judge({ signWith: generateEcKeys('P-384') }), false);
    assert.equal(judge({ mutateSigned: flip }), true);
    assert.equal(judge({ mutate: flip }), false);
  });

  test('refuse fields of the wrong size', () => {
    assert.throws(() => milan.report({ fields: { measurement: '00' } }), /MEASUREMENT: expected 48 bytes, not 1/);
  });

  test('place the levels of a TCB version as the product does', async () => {
    const turin = await createSimulatedSnpPlatform({ at, keys, product: 'Turin', chipId: '0102030405060708' });
    const levels = { fmc: 1, bootLoader: 2, tee: 3, snp: 4, microcode: 5 };
    const reported = (report: Uint8Array) => Buffer.from(report).subarray(384, 392).toString('hex');
    assert.equal(reported(turin.report({ fields: { reportedTcb: levels } })), '0102030400000005');
    assert.equal(reported(milan.report({ fields: { reportedTcb: levels } })), '0203000000000405');
    const chipId = Buffer.from(turin.report()).subarray(416, 480);
    assert.equal(chipId.toString('hex'), `0102030405060708${'00'.repeat(56)}`);
  });

  test('set and clear the debug bit', () => {
    const policy = (fields: Partial<SnpReportFields>) => Buffer.from(milan.report({ fields })).readBigUInt64LE(8);
    assert.deepEqual([policy({ debug: true }), policy({ debug: false })], [0xb0000n, 0x30000n]);
  });
});

test('a platform survives JSON', async () => {
  const saved = exportSimulatedSnpPlatform(milan);
  const again = importSimulatedSnpPlatform(JSON.parse(JSON.stringify(saved)));
  assert.equal(again.rootFingerprint, milan.rootFingerprint);
  assert.deepEqual(exportSimulatedSnpPlatform(again), saved);
  assert.deepEqual(again.report().subarray(0, 672), milan.report().subarray(0, 672));
  assert.ok(isSigned(again.report(), milan.certificates.vcek));
  for (const document of [null, {}, { format: 'atesto-simulated-snp-platform', version: 2 }]) {
    assert.throws(() => importSimulatedSnpPlatform(document), TypeError);
  }
});

describe('real evidence, written again', { skip: vectorsMissing('sevsnp') }, () => {
  for (const name of vectorCases('sevsnp')) {
    test(`report of ${name}`, async () => {
      const real = readVector('sevsnp', name, 'report.bin');
      const { product, report } = readVectorJson('sevsnp', name, 'expected.json');
      assert.ok(product === 'Milan' || product === 'Genoa' || product === 'Turin');
      const platform = await createSimulatedSnpPlatform({ at, keys, product });
      const { policy, platformInfo, cpuidFamilyModelStepping, signingKey, ...fields } = Object(report);
      const [family = 0, model = 0, stepping = 0] = cpuidFamilyModelStepping ?? [];
      const firmware = (offset: number) => {
        const [build = 0, minor = 0, major = 0] = real.subarray(offset, offset + 3);
        return { major, minor, build };
      };
      const again = platform.report({
        signingKey,
        signature: real.subarray(672),
        fields: {
          ...fields,
          policy: Buffer.from(policy.hexLittleEndian, 'hex').readBigUInt64LE(),
          debug: policy.debugAllowed,
          platformInfo: Buffer.from(platformInfo, 'hex').readBigUInt64LE(),
          cpuId: { family, model, stepping },
          current: firmware(488),
          committed: firmware(492),
          launchMitigations: real.readBigUInt64LE(504),
          currentMitigations: real.readBigUInt64LE(512),
        },
      });
      assert.deepEqual(Buffer.from(again), real);
    });
  }

  for (const [name, file, kind] of [
    ['v3-milan-vlek', 'vlek.pem', 'VLEK'],
    ['v3-genoa-vcek', 'vcek.pem', 'VCEK'],
    ['v5-turin-vcek', 'vcek.pem', 'VCEK'],
  ] as const) {
    test(`extensions of the certificate of ${name}`, async () => {
      const { product, report } = readVectorJson('sevsnp', name, 'expected.json');
      assert.ok(product === 'Milan' || product === 'Genoa' || product === 'Turin');
      const bytes = Buffer.from(Object(report).reportedTcb, 'hex');
      const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, , , b6 = 0, b7 = 0] = bytes;
      const tcb =
        product === 'Turin'
          ? { fmc: b0, bootLoader: b1, tee: b2, snp: b3, microcode: b7 }
          : { bootLoader: b0, tee: b1, snp: b6, microcode: b7 };
      const chipId = Object(report).chipId.slice(0, product === 'Turin' ? 16 : 128);
      const cspId = 'CN=cc-us-east-2.amazonaws.com';
      const platform = await createSimulatedSnpPlatform({ at, keys, product, tcb, chipId, cspId });
      const { certificate } = await platform.endorsements(kind);
      // Everything between the extensions' list and the signature algorithm.
      const extensions = (pem: string) => {
        const der = new X509Certificate(pem).raw.toString('hex');
        const start = der.indexOf('06092b060104019c780101');
        return der.slice(start, der.indexOf('06092a864886f70d01010a', start) - 4);
      };
      assert.equal(extensions(String(certificate)), extensions(readVector('sevsnp', name, file).toString()));
    });
  }
});
