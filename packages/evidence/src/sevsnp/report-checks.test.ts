/** One thing is wrong with the report, or between it and its certificate, and exactly that is refused. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SimulatedSnpPlatform, SnpReportOptions } from '@atesto/testing/sevsnp';
import { generateEcKeys } from '@atesto/testing/x509';
import fc from 'fast-check';
import { appraiseSnpBytes } from '../__fixtures__/appraise-bytes.ts';
import {
  acceptedCase,
  appraiseCase,
  at,
  codeOfCase,
  genoa,
  makePlatform,
  milan,
  turin,
} from '../__fixtures__/snp-platform.ts';
import { parseSnpReport } from '../advanced.ts';

/** Sets one byte of the signed part. */
const set =
  (offset: number, value: number) =>
  (signed: Buffer): Uint8Array => {
    signed[offset] = value;
    return signed;
  };
/** Flips the lowest bit of one byte of the finished report. */
const flip = (offset: number) => (report: Buffer) => set(offset, (report[offset] ?? 0) ^ 1)(report);

describe('a faultless report', () => {
  for (const [platform, versions] of [
    [milan, [2, 3, 5]],
    [genoa, [2, 3, 5]],
    [turin, [2, 3, 5]],
  ] as const) {
    const { product } = platform.state;
    for (const version of versions) {
      test(`of ${product}, version ${version}, under a VCEK and a VLEK`, async () => {
        for (const signingKey of ['VCEK', 'VLEK'] as const) {
          const appraisal = await acceptedCase({ platform, report: { signingKey, fields: { version } } });
          assert.equal(appraisal.product, product);
          assert.equal(appraisal.signingKey, signingKey);
          assert.deepEqual(appraisal.reportedTcb, platform.state.tcb);
          assert.equal(appraisal.report.cpuId === undefined, version === 2);
          assert.equal(appraisal.endorsementKeyCertificate.kind, signingKey);
          assert.equal(
            appraisal.endorsementKeyCertificate.cspId,
            signingKey === 'VLEK' ? 'CN=provider.example' : undefined,
          );
          assert.deepEqual(
            [appraisal.revocation, appraisal.revocationListExpired, appraisal.developmentRoot],
            ['checked', false, true],
          );
        }
      });
    }
  }

  test('of a machine whose firmware is newer than what it reports and committed', async () => {
    const above = { bootLoader: 5, tee: 1, snp: 25, microcode: 220 };
    const { currentTcb, reportedTcb } = await acceptedCase({ report: { fields: { currentTcb: above } } });
    assert.deepEqual([currentTcb, reportedTcb], [above, milan.state.tcb]);
  });
});

const zeros = (size: number): Buffer => Buffer.alloc(size);
const rest: SnpReportOptions['signature'] = Buffer.concat([
  Buffer.alloc(48, 1),
  zeros(24),
  Buffer.alloc(48, 1),
  zeros(392),
]);
const signatureWith = (offset: number, value: Uint8Array): Buffer => {
  const signature = Buffer.from(rest);
  signature.set(value, offset);
  return signature;
};

const refused: readonly (readonly [what: string, report: SnpReportOptions, code: string])[] = [
  ...[0, 1, 6].map((version) => [`version ${version}`, { fields: { version } }, 'snp-report-version'] as const),
  [
    'a signature algorithm other than ECDSA P-384 with SHA-384',
    { fields: { signatureAlgorithm: 2 } },
    'snp-signature-algorithm',
  ],
  ['bit 17 of the policy clear', { fields: { policy: 0x10000n } }, 'snp-reserved-field'],
  ['a policy bit above those defined', { fields: { policy: 0x30000n | (1n << 26n) } }, 'snp-reserved-field'],
  ['a bit of the key info above those defined', { mutateSigned: set(72, 0x20) }, 'snp-reserved-field'],
  ['the word after the key info', { mutateSigned: set(76, 1) }, 'snp-reserved-field'],
  ['the space after the CPUID', { mutateSigned: set(395, 1) }, 'snp-reserved-field'],
  ['CPUID in version 2', { fields: { version: 2 }, mutateSigned: set(392, 0x19) }, 'snp-reserved-field'],
  ['the byte after the current firmware version', { mutateSigned: set(491, 1) }, 'snp-reserved-field'],
  ['the byte after the committed firmware version', { mutateSigned: set(495, 1) }, 'snp-reserved-field'],
  ['mitigation vectors in version 3', { mutateSigned: set(504, 1) }, 'snp-reserved-field'],
  ['mitigation vectors in version 4', { fields: { version: 4 }, mutateSigned: set(519, 1) }, 'snp-reserved-field'],
  [
    'the space after the mitigation vectors',
    { fields: { version: 5 }, mutateSigned: set(520, 1) },
    'snp-reserved-field',
  ],
  ['the space before the signature', { mutateSigned: set(671, 1) }, 'snp-reserved-field'],
  ['the space after the signature', { mutate: flip(1183) }, 'snp-reserved-field'],
  ['a reserved byte of the reported TCB', { fields: { reportedTcb: '04000100000018db' } }, 'snp-reserved-field'],
  ['a reserved byte of the current TCB', { fields: { currentTcb: '04000001000018db' } }, 'snp-reserved-field'],
  ['a reserved byte of the committed TCB', { fields: { committedTcb: '04000000010018db' } }, 'snp-reserved-field'],
  ['a reserved byte of the launch TCB', { fields: { launchTcb: '04000000000118db' } }, 'snp-reserved-field'],
  ['no signature by its own word', { fields: { signingKeyNumber: 7 } }, 'snp-signing-key'],
  ['a signing key that is not known', { fields: { signingKeyNumber: 2 } }, 'snp-signing-key'],
  ['a privilege level that guests do not have', { fields: { vmpl: 4 } }, 'snp-vmpl'],
  ['the host as the one who requested it', { fields: { vmpl: 0xffffffff } }, 'snp-vmpl'],
  [
    'a signature value of more than 384 bits',
    { signature: signatureWith(48, Buffer.of(1)) },
    'snp-signature-malformed',
  ],
  ['r that is zero', { signature: signatureWith(0, zeros(48)) }, 'snp-signature-malformed'],
  ['s that is zero', { signature: signatureWith(72, zeros(48)) }, 'snp-signature-malformed'],
  ['a signature that fits nothing', { signature: rest }, 'snp-signature'],
  ['a signature by another key', { signWith: generateEcKeys('P-384') }, 'snp-signature'],
  ['report data changed after signing', { mutate: flip(80) }, 'snp-signature'],
  ['another launch measurement after signing', { mutate: flip(144) }, 'snp-signature'],
  [
    'a CPUID that no product has',
    { fields: { cpuId: { family: 0x17, model: 0x31, stepping: 0 } } },
    'snp-product-unknown',
  ],
  [
    'a model between the products',
    { fields: { cpuId: { family: 0x19, model: 0x20, stepping: 0 } } },
    'snp-product-unknown',
  ],
  [
    'the CPUID of another product',
    { fields: { cpuId: { family: 0x19, model: 0xa0, stepping: 0 } } },
    'snp-product-mismatch',
  ],
  ['another chip', { fields: { chipId: Buffer.alloc(64, 7) } }, 'snp-certificate-chip'],
  ['a chip id of zeros', { fields: { chipId: zeros(64) } }, 'snp-chip-id-masked'],
  ['a masked chip key', { fields: { chipKeyMasked: true } }, 'snp-chip-id-masked'],
];

describe('a report is refused with', () => {
  for (const [what, report, code] of refused) {
    test(what, async () => assert.equal(await codeOfCase({ report }), code));
  }

  test('a size that is not 1184 bytes', () => {
    for (const size of [0, 1183, 1185]) {
      const outcome = parseSnpReport(new Uint8Array(size));
      assert.equal(outcome.ok ? 'accepted' : outcome.refusal.code, 'snp-report-size');
    }
  });

  test('a VCEK certificate when a VLEK signed, and the other way round', async () => {
    assert.equal(await codeOfCase({ report: { signingKey: 'VLEK' }, signingKey: 'VCEK' }), 'snp-certificate-kind');
    assert.equal(await codeOfCase({ report: { signingKey: 'VCEK' }, signingKey: 'VLEK' }), 'snp-certificate-kind');
  });
});

/** Each part of each layout, one level off in the certificate's direction, and above the current one. */
describe('TCB versions', () => {
  for (const platform of [milan, genoa, turin] as SimulatedSnpPlatform[]) {
    const { product, tcb } = platform.state;
    const parts = (['fmc', 'bootLoader', 'tee', 'snp', 'microcode'] as const).filter((part) => part in tcb);
    for (const part of parts) {
      const raised = { ...tcb, [part]: (tcb[part] ?? 0) + 1 };
      test(`${product}: a reported ${part} other than the certified one is refused`, async () => {
        const fields = { reportedTcb: raised, currentTcb: raised };
        assert.equal(await codeOfCase({ platform, report: { fields } }), 'snp-certificate-tcb');
      });

      test(`${product}: a committed ${part} above the current one is refused`, async () => {
        assert.equal(await codeOfCase({ platform, report: { fields: { committedTcb: raised } } }), 'snp-tcb-order');
      });

      test(`${product}: a reported ${part} above the current one is refused`, async () => {
        const certified = await makePlatform({ product, tcb: raised });
        const fields = { currentTcb: tcb, committedTcb: tcb };
        assert.equal(await codeOfCase({ platform: certified, report: { fields } }), 'snp-tcb-order');
      });
    }
  }

  test('Turin: reserved bytes are others than those of Milan', async () => {
    const fields = { launchTcb: '0101010400010051' };
    assert.equal(await codeOfCase({ platform: turin, report: { fields } }), 'snp-reserved-field');
  });

  test('Turin: bytes of the chip id behind the first eight must be zero', async () => {
    const chipId = `${turin.state.chipId}${'00'.repeat(55)}01`;
    assert.equal(await codeOfCase({ platform: turin, report: { fields: { chipId } } }), 'snp-certificate-chip');
  });
});

test('reports changed in several places are refused, never a crash', async () => {
  const endorsements = await milan.endorsements();
  const trustAnchors = [{ name: 'simulated root', spkiSha256: milan.rootFingerprint, development: true }];
  const whole = milan.report();
  const change = fc.record({ offset: fc.nat(whole.length - 1), value: fc.nat(255) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const report = Uint8Array.from(whole);
      for (const { offset, value } of changes) report[offset] = value;
      if (Buffer.compare(report, whole) === 0) return;
      assert.equal(appraiseSnpBytes(report, endorsements, { at, trustAnchors }).ok, false);
    }),
    { numRuns: 200 },
  );
});

test('an appraisal at a time that is none is misuse', async () => {
  await assert.rejects(appraiseCase({ options: { at: new Date(Number.NaN) } }), {
    name: 'ConfigurationError',
    option: 'options.at',
  });
});
