/** Each check of a quote, with evidence in which only that check fails. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SgxQuoteOptions } from '@atesto/testing/sgx';
import { generateEcKeys } from '@atesto/testing/x509';
import { readVector, vectorsMissing } from '@atesto/vectors';
import { appraiseSgxBytes } from '../__fixtures__/appraise-bytes.ts';
import { accepted, anchorOf, appraise, codeOfSgx, makePlatform } from '../__fixtures__/intel-platform.ts';
import { verifyIntelCollateral } from '../advanced.ts';

const platform = await makePlatform();
const collateral = await platform.collateral();
const other = generateEcKeys();
const codeOf = (options: SgxQuoteOptions): string => codeOfSgx(appraise(platform, platform.quote(options), collateral));
/** Order of P-256. */
const n = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';
const one = `${'00'.repeat(31)}01`;

describe('a faultless simulated quote', () => {
  for (const version of [3, 4, 5] as const) {
    test(`of version ${version} is genuine, up to date and under a development root`, () => {
      const value = accepted(appraise(platform, platform.quote({ version }), collateral));
      assert.deepEqual(
        [value.quoteVersion, value.tcbStatus, value.advisoryIds, value.shortfalls, value.developmentRoot],
        [version, 'UpToDate', [], [], true],
      );
    });
  }

  test('with bytes behind its declared length is genuine, and the bytes are counted', () => {
    const trailing = Buffer.from('not part of the quote');
    assert.equal(accepted(appraise(platform, platform.quote({ trailing }), collateral)).trailingBytes, trailing.length);
  });

  test('of a debug enclave is genuine, and says so', () => {
    assert.equal(accepted(appraise(platform, platform.quote({ body: { debug: true } }), collateral)).debug, true);
  });

  test('whose certificates end with a NUL is genuine', () => {
    assert.equal(codeOf({ certification: { trailingNul: true } }), 'accepted');
  });
});

describe('a quote is refused', () => {
  const setByte = (offset: number, value: number) => (bytes: Buffer) => {
    bytes[offset] = value;
    return bytes;
  };
  const cases: readonly (readonly [code: string, title: string, options: SgxQuoteOptions])[] = [
    ['quote-version', 'of version 2', { header: { version: 2 } }],
    ['quote-version', 'of version 6', { header: { version: 6 } }],
    ['quote-attestation-key-type', 'signed with ECDSA P-384', { header: { attestationKeyType: 3 } }],
    ['quote-attestation-key-type', 'of EPID', { header: { attestationKeyType: 1 } }],
    ['quote-tee-type', 'of an unknown environment', { version: 4, header: { teeType: 1 } }],
    ['quote-tee-type', 'of version 3 with the reserved field set', { header: { teeType: 0x81 } }],
    ['quote-tee-type', 'whose body does not fit its environment', { version: 5, header: { teeType: 0x81 } }],
    ['quote-body-type', 'with a body type that is not known', { version: 5, mutateSigned: setByte(48, 9) }],
    ['quote-body-type', 'with a body size of another type', { version: 5, mutateSigned: setByte(50, 0x81) }],
    ['quote-qe-vendor', 'of a quoting enclave that is not Intel’s', { header: { qeVendorId: Buffer.alloc(16, 1) } }],
    ['quote-certification-data', 'certified by a platform manifest', { certification: { type: 7, data: '00' } }],
    ['quote-certification-data', 'certified by a bare QE report', { certification: { type: 6, data: '00' } }],
    ['quote-certification-data', 'whose outer data is no QE report', { version: 4, outerCertificationType: 5 }],
    [
      'quote-certification-data',
      'with more certificates than there can be',
      { certification: { type: 5, data: Buffer.alloc(33 * 1024, 0x20) } },
    ],
    ['pem-malformed', 'whose certificates are no PEM', { certification: { data: Buffer.from('no certificate') } }],
    ['evidence-truncated', 'that ends before its signature data', { declaredSignatureDataBytes: 100_000 }],
    [
      'evidence-truncated',
      'that ends before its certification data',
      { certification: { declaredSizeBytes: 100_000 } },
    ],
    ['evidence-truncated', 'whose signature data is too short', { declaredSignatureDataBytes: 100 }],
    [
      'evidence-trailing-bytes',
      'with bytes between certification data and end',
      { certification: { declaredSizeBytes: 9 } },
    ],
    [
      'quote-attestation-key',
      'whose attestation key is not on the curve',
      { attestationKeyBytes: Buffer.alloc(64, 1) },
    ],
    ['quote-attestation-key', 'whose attestation key is zero', { attestationKeyBytes: Buffer.alloc(64) }],
    ['quote-signature', 'signed by another key', { signQuoteWith: other }],
    ['quote-signature', 'changed after signing', { mutate: setByte(48 + 64, 0xff) }],
    ['quote-signature', 'with r = 0', { quoteSignature: `${'00'.repeat(32)}${one}` }],
    ['quote-signature', 'with s = 0', { quoteSignature: `${one}${'00'.repeat(32)}` }],
    ['quote-signature', 'with r = s = 0', { quoteSignature: '00'.repeat(64) }],
    ['quote-signature', 'with r = n', { quoteSignature: `${n}${one}` }],
    ['quote-signature', 'with s = n', { quoteSignature: `${one}${n}` }],
    ['qe-report-signature', 'whose QE report was signed by another key', { signQeReportWith: other }],
    ['qe-report-signature', 'whose QE report has r = s = 0', { qeReportSignature: '00'.repeat(64) }],
    ['qe-report-data', 'whose QE report commits to another key', { qeReport: { reportData: '11'.repeat(64) } }],
    ['qe-report-data', 'whose QE report commits to nothing', { qeReport: { reportData: '00'.repeat(64) } }],
    ['qe-report-data', 'with something after the commitment', { mutateQeReport: setByte(383, 1) }],
    ['qe-identity-miscselect', 'whose QE has another MISCSELECT', { qeReport: { miscSelect: 1 } }],
    ['qe-identity-attributes', 'whose QE can be debugged', { qeReport: { debug: true } }],
    ['qe-identity-mrsigner', 'whose QE has another signer', { qeReport: { mrSigner: '22'.repeat(32) } }],
    ['qe-identity-isvprodid', 'whose QE is another product', { qeReport: { isvProdId: 2 } }],
    ['qe-tcb-level-not-found', 'whose QE is older than every level', { qeReport: { isvSvn: 5 } }],
  ];
  for (const [code, title, options] of cases) {
    test(`${title}: ${code}`, () => {
      assert.equal(codeOf(options), code);
    });
  }

  test('of a trust domain: quote-tee-type', { skip: vectorsMissing('tdx', 'v4-up-to-date') }, () => {
    const outcome = appraiseSgxBytes(readVector('tdx', 'v4-up-to-date', 'quote.bin'), collateral, {
      at: platform.at,
      trustAnchors: [{ name: 'simulated root', spkiSha256: platform.rootFingerprint, development: true }],
    });
    assert.equal(codeOfSgx(outcome), 'quote-tee-type');
  });

  test('cut off at any byte: evidence-truncated', () => {
    const verified = verifyIntelCollateral(collateral, { trustAnchors: [anchorOf(platform)] });
    assert.ok(verified.ok);
    for (const version of [3, 5] as const) {
      const whole = platform.quote({ version });
      for (let length = 0; length < whole.length; length += length < 1200 ? 1 : 41) {
        const code = codeOfSgx(appraiseSgxBytes(whole.subarray(0, length), verified.value, { at: platform.at }));
        assert.equal(code, 'evidence-truncated', `version ${version}, ${length} bytes`);
      }
    }
  });
});

describe('certification data that names the platform only', () => {
  const id = (change: (bytes: Buffer) => void): Buffer => {
    const { ppid, cpuSvn, tcbComponentSvns, pceSvn, pceId } = platform.state.pck;
    const bytes = Buffer.concat([
      Buffer.from(ppid),
      Buffer.from(cpuSvn ?? tcbComponentSvns),
      Buffer.of(pceSvn, 0),
      Buffer.from(String(pceId), 'hex'),
    ]);
    change(bytes);
    return bytes;
  };
  const flip = (offset: number) => id((bytes) => bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset));

  for (const type of [1, 2, 3]) {
    test(`of type ${type} is enough when the endorsements supply the PCK certificate`, () => {
      assert.equal(codeOf({ certification: { type } }), 'accepted');
    });

    test(`of type ${type} is refused without it: pck-certificate-missing`, () => {
      const { pckCertificateChain: _, ...without } = collateral;
      const quote = platform.quote({ certification: { type } });
      assert.equal(codeOfSgx(appraise(platform, quote, without)), 'pck-certificate-missing');
    });
  }

  test('of type 1 may end before the PCEID, as Intel’s own sample does', () => {
    assert.equal(codeOf({ certification: { type: 1, data: id(() => undefined).subarray(0, 34) } }), 'accepted');
  });

  test('of type 4 takes the authorities from the endorsements', () => {
    assert.equal(codeOf({ certification: { type: 4 } }), 'accepted');
  });

  for (const [field, offset] of [
    ['PPID', 0],
    ['CPUSVN', 16],
    ['PCESVN', 32],
    ['PCEID', 34],
  ] as const) {
    test(`is refused with a certificate of another ${field}: pck-certificate-platform`, () => {
      const outcome = appraise(
        platform,
        platform.quote({ certification: { type: 1, data: flip(offset) } }),
        collateral,
      );
      assert.deepEqual(outcome.ok ? [] : [outcome.refusal.code, outcome.refusal.where], [
        'pck-certificate-platform',
        field,
      ]);
    });
  }

  test('is refused with a certificate of another platform, even when the PPID is encrypted: pck-certificate-platform or qe-report-signature', async () => {
    const { pckCertificateChain = '' } = await (await makePlatform({ keys: platform.keys })).collateral();
    const foreign = await (await makePlatform({ keys: { ...platform.keys, pck: other } })).collateral();
    const codes = [1, 2].map((type) =>
      [pckCertificateChain, foreign.pckCertificateChain ?? ''].map((chain) =>
        codeOfSgx(
          appraise(platform, platform.quote({ certification: { type } }), {
            ...collateral,
            pckCertificateChain: chain,
          }),
        ),
      ),
    );
    assert.deepEqual(codes, [
      ['pck-certificate-platform', 'pck-certificate-platform'],
      ['accepted', 'qe-report-signature'],
    ]);
  });
});
