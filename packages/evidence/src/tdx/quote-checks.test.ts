/** Each check of a TDX quote, with evidence in which only that check fails. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CollateralOverrides } from '@atesto/testing/sgx';
import type { TdxQuoteOptions } from '@atesto/testing/tdx';
import { generateEcKeys } from '@atesto/testing/x509';
import fc from 'fast-check';
import { appraiseTdxBytes } from '../__fixtures__/appraise-bytes.ts';
import { anchorOf, at } from '../__fixtures__/intel-platform.ts';
import { acceptedDomain, appraiseDomain, codeOfTdx, collateral, platform } from '../__fixtures__/trust-domain.ts';
import { VerificationCache, verifyIntelCollateral } from '../advanced.ts';

const other = generateEcKeys();
const setByte = (offset: number, value: number) => (bytes: Buffer) => {
  bytes[offset] = value;
  return bytes;
};
const forms = [{ version: 4 }, { version: 5, layout: '1.0' }, { version: 5, layout: '1.5' }] as const;

describe('a faultless simulated trust domain', () => {
  for (const form of forms) {
    const layout = 'layout' in form ? form.layout : '1.0';
    test(`in a quote of version ${form.version}, layout ${layout}, is genuine and up to date`, async () => {
      const value = acceptedDomain(await appraiseDomain(form));
      assert.deepEqual(
        [value.quoteVersion, value.body.version, value.tcbStatus, value.tdxModuleStatus, value.developmentRoot],
        [form.version, layout, 'UpToDate', 'UpToDate', true],
      );
    });
  }

  test('whose quote is padded is genuine, and the padding is counted and left out of the hash', async () => {
    const quote = platform.tdxQuote();
    const bare = acceptedDomain(await appraiseDomain(quote));
    const padded = acceptedDomain(await appraiseDomain(Buffer.concat([quote, Buffer.alloc(3000)])));
    assert.deepEqual([bare.trailingBytes, padded.trailingBytes], [0, 3000]);
    assert.equal(padded.quoteHash, bare.quoteHash);
  });

  test('that can be debugged is genuine, and says so', async () => {
    assert.equal(acceptedDomain(await appraiseDomain({ body: { debug: true } })).debug, true);
  });

  test('may have every attribute and feature that is defined', async () => {
    const body = { tdAttributes: '010000f800000080', xfam: 'e7db060000000000' };
    const { body: read } = acceptedDomain(await appraiseDomain({ body }));
    assert.deepEqual(
      [read.debug, read.septVeDisable, read.protectionKeys, read.keyLocker, read.perfmon],
      [true, true, true, true, true],
    );
  });
});

describe('a trust domain is refused', () => {
  const cases: readonly (readonly [
    code: string,
    title: string,
    options: TdxQuoteOptions,
    more?: CollateralOverrides,
  ])[] = [
    ['quote-version', 'in a quote of version 6', { header: { version: 6 } }],
    ['quote-tee-type', 'in a quote of version 3', { header: { version: 3 } }],
    ['quote-tee-type', 'that is said to be an enclave', { version: 5, header: { teeType: 0 } }],
    ['quote-tee-type', 'of an unknown environment', { header: { teeType: 0x82 } }],
    ['quote-body-type', 'with a body type that is not known', { version: 5, mutateSigned: setByte(48, 4) }],
    [
      'quote-body-type',
      'of layout 1.0 with the size of 1.5',
      { version: 5, layout: '1.0', mutateSigned: setByte(50, 0x88) },
    ],
    ['quote-attestation-key-type', 'signed with ECDSA P-384', { header: { attestationKeyType: 3 } }],
    ['quote-qe-vendor', 'quoted by another vendor', { header: { qeVendorId: Buffer.alloc(16, 1) } }],
    ['quote-certification-data', 'whose outer certification data is a PCK chain', { outerCertificationType: 5 }],
    ['quote-signature', 'signed by another key', { signQuoteWith: other }],
    ['quote-signature', 'whose MRTD was changed after signing', { mutate: setByte(48 + 136, 0xff) }],
    [
      'quote-signature',
      'whose body type was signed otherwise',
      { version: 5, layout: '1.5', mutate: setByte(28, 0xff) },
    ],
    [
      'quote-attestation-key',
      'whose attestation key is not on the curve',
      { attestationKeyBytes: Buffer.alloc(64, 1) },
    ],
    ['qe-report-signature', 'whose QE report was signed by another key', { signQeReportWith: other }],
    ['qe-report-data', 'whose QE vouches for another key', { qeReport: { reportData: '11'.repeat(64) } }],
    ['qe-identity-isvprodid', 'quoted by the quoting enclave of SGX', { qeReport: { isvProdId: 1 } }],
    ['qe-identity-mrsigner', 'whose QE has another signer', { qeReport: { mrSigner: '22'.repeat(32) } }],
    ['qe-identity-attributes', 'whose QE can be debugged', { qeReport: { debug: true } }],
    ['qe-identity-miscselect', 'whose QE has another MISCSELECT', { qeReport: { miscSelect: 1 } }],
    ['qe-tcb-level-not-found', 'whose QE is older than every level', { qeReport: { isvSvn: 5 } }],
    ['tdx-xfam', 'with a reserved feature', { body: { xfam: 'e702100000000000' } }],
    ['tdx-xfam', 'with a reserved feature of the upper half', { body: { xfam: 'e702060000000080' } }],
    ['tdx-xfam', 'without x87', { body: { xfam: 'e602060000000000' } }],
    ['tdx-xfam', 'without SSE', { body: { xfam: 'e502060000000000' } }],
    ['collateral-kind', 'under the TCB info of SGX', {}, { tee: 'sgx' }],
    ['collateral-kind', 'under the QE identity of SGX', {}, { qeIdentity: { id: 'QE' } }],
    ['collateral-fmspc', 'under the TCB info of another family', {}, { tcbInfo: { fmspc: '00a5a5000001' } }],
    ['collateral-pceid', 'under the TCB info of another PCE', {}, { tcbInfo: { pceId: '0001' } }],
    ['collateral-signature', 'under a TCB info that Intel did not sign', {}, { signTcbInfoWith: other }],
    ['collateral-signature', 'under a QE identity that Intel did not sign', {}, { signQeIdentityWith: other }],
    ['collateral-version', 'under a TCB info of version 4', {}, { tcbInfo: { version: 4 } }],
    ['collateral-malformed', 'under a TCB info without TDX module', {}, { tcbInfo: { tdxModule: undefined } }],
    [
      'collateral-malformed',
      'under a TCB info with 15 TDX components',
      {},
      {
        tcbLevels: [
          { sgxComponentSvns: Array(16).fill(0), tdxComponentSvns: Array(15).fill(0), pceSvn: 0, status: 'UpToDate' },
        ],
      },
    ],
  ];
  for (const [code, title, options, overrides] of cases) {
    test(`${title}: ${code}`, async () => {
      assert.equal(codeOfTdx(await appraiseDomain(options, overrides)), code);
    });
  }

  test('in the quote of an enclave: quote-tee-type', async () => {
    assert.equal(codeOfTdx(await appraiseDomain(platform.quote({ version: 4 }))), 'quote-tee-type');
  });
});

describe('changed evidence of a trust domain', () => {
  const verified = verifyIntelCollateral(collateral, { trustAnchors: [anchorOf(platform)] });
  assert.ok(verified.ok);
  const options = { at, cache: new VerificationCache() };
  const codeOf = (bytes: Uint8Array): string => codeOfTdx(appraiseTdxBytes(bytes, verified.value, options));
  const quotes = forms.map((form) => platform.tdxQuote(form));

  test('cut off at any byte: evidence-truncated', () => {
    for (const quote of quotes) {
      for (let length = 0; length < quote.length; length += length < 1400 ? 1 : 37) {
        assert.equal(codeOf(quote.subarray(0, length)), 'evidence-truncated', `${length} bytes`);
      }
    }
  });

  test('with any bit flipped before its certificates is never valid', () => {
    for (const quote of quotes) {
      const end = Buffer.from(quote).indexOf('-----BEGIN CERTIFICATE-----');
      for (let offset = 0; offset < end; offset += 1) {
        const changed = Uint8Array.from(quote);
        changed[offset] = (changed[offset] ?? 0) ^ (1 << (offset % 8));
        assert.notEqual(codeOf(changed), 'accepted', `offset ${offset}`);
      }
    }
  });

  test('with bytes overwritten or moved anywhere never makes anything but a verdict', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...quotes),
        fc.nat(8000),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        (quote, at, bytes) => {
          const from = at % quote.length;
          const changed = Buffer.concat([quote.subarray(0, from), bytes, quote.subarray(from + bytes.length)]);
          const isSame = changed.subarray(0, quote.length).equals(quote);
          if (!isSame && changed.indexOf('-----BEGIN CERTIFICATE-----') > from)
            assert.notEqual(codeOf(changed), 'accepted');
          else codeOf(changed);
        },
      ),
      { numRuns: 500 },
    );
  });
});
