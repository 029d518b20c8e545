/** One call verifies everything about SEV-SNP evidence, with safe defaults; each test has exactly one thing wrong. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportDataOf, type SnpReportFields } from '@atesto/testing/sevsnp';
import { misuseOf } from '../__fixtures__/misuse.ts';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { at, days, genoa, milan } from '../__fixtures__/snp-platform.ts';
import { appraiseSnp, parseSnpReport, VerifiedSnpEndorsements } from '../advanced.ts';
import { type SevSnpOptions, unwrap, verifySevSnp, verifySnpEndorsements } from '../index.ts';

const collateral = await milan.endorsements();
const { certificate, authorityChain, revocationList } = collateral;
const anchor = { name: 'simulated root', spkiSha256: milan.rootFingerprint, development: true };
const trustAnchors = [anchor];
const bytes = Uint8Array.of(1, 2, 3);
const reportOf = (fields: Partial<SnpReportFields> = {}) =>
  milan.report({ fields: { reportData: reportDataOf(bytes), ...fields } });
const report = reportOf();
const minimumTcb = { Milan: milan.state.tcb };
const good: SevSnpOptions = { collateral, trustAnchors, at, baseline: { minimumTcb }, runtimeData: { bytes } };
const codeOf = (options: Partial<SevSnpOptions> = {}, evidence: Uint8Array = report): string =>
  outcomeCode(verifySevSnp(evidence, { ...good, ...options }));
const under = (baseline: Partial<SevSnpOptions['baseline']>, evidence: Uint8Array = report): string =>
  codeOf({ baseline: { minimumTcb, ...baseline } }, evidence);

test('evidence is accepted that is genuine, meets the baseline, cannot be debugged and is bound to the data', () => {
  const by = unwrap(verifySnpEndorsements(collateral, { trustAnchors }));
  const { trustAnchors: _, ...withoutRoots } = good;
  const appraisal = unwrap(appraiseSnp(unwrap(parseSnpReport(Uint8Array.from(report))), by, { at }));
  assert.deepEqual(unwrap(verifySevSnp(report, good)), appraisal);
  assert.deepEqual(unwrap(verifySevSnp(report, { ...withoutRoots, collateral: by })), appraisal);
});

test('certificates are those of the document where the caller names none', async () => {
  const base64url = (value: Uint8Array | string): string => Buffer.from(value).toString('base64url');
  const pem = Buffer.from(certificate).toString('latin1').startsWith('-----')
    ? String(certificate)
    : `-----BEGIN CERTIFICATE-----\n${Buffer.from(certificate).toString('base64')}\n-----END CERTIFICATE-----\n`;
  const documentWith = (chain: string) =>
    Buffer.from(JSON.stringify({ SnpReport: base64url(report), VcekCertChain: base64url(chain) }));
  assert.equal(codeOf({ collateral: { revocationList } }, documentWith(pem + authorityChain)), 'accepted');
  assert.equal(codeOf({ collateral: { revocationList, authorityChain } }, documentWith(pem)), 'accepted');
  assert.equal(codeOf({ collateral: { revocationList } }), 'chain-length');
  assert.equal(codeOf({ collateral: { revocationList, certificate } }), 'chain-length');
  const foreign = await genoa.endorsements();
  assert.equal(codeOf({ collateral: foreign }, documentWith(pem + authorityChain)), 'snp-product-mismatch');
});

describe('without a decision', () => {
  for (const [what, fields, code, decided] of [
    ['guests that can be debugged', { debug: true }, 'snp-baseline-debug', { debug: 'any' }],
    [
      'guests that may migrate',
      { policy: 0x30000n | (1n << 18n) },
      'snp-baseline-migration',
      { baseline: { minimumTcb, migration: 'any' } },
    ],
    [
      'reports of a lower privilege level',
      { vmpl: 1 },
      'snp-baseline-vmpl',
      { baseline: { minimumTcb, maximumVmpl: 1 } },
    ],
  ] as const) {
    test(`${what} are refused`, () => {
      assert.equal(codeOf({}, reportOf(fields)), code);
      assert.equal(codeOf(decided, reportOf(fields)), 'accepted');
    });
  }

  test('certificates without a revocation list are refused', () => {
    const unchecked = { ...collateral, revocationList: 'unchecked' } as const;
    assert.equal(codeOf({ collateral: unchecked }), 'snp-baseline-revocation');
    assert.equal(codeOf({ collateral: unchecked, baseline: { minimumTcb, revocation: 'any' } }), 'accepted');
  });

  test('a revocation list past its next update is refused', () => {
    assert.equal(codeOf({ at: days(400) }), 'collateral-expired');
  });

  test('roots that are not AMD’s are refused', () => {
    const { trustAnchors: _, ...vendorsAlone } = good;
    assert.equal(outcomeCode(verifySevSnp(report, vendorsAlone)), 'chain-root-untrusted');
  });

  test('multithreading is accepted', () => {
    assert.equal(under({ smt: false }), 'snp-baseline-smt');
    assert.equal(under({ smt: 'any' }), 'accepted');
  });
});

test('a TCB below the baseline, or of a product that it does not name, is refused', () => {
  const { microcode } = milan.state.tcb;
  assert.equal(under({ minimumTcb: { Milan: { microcode: microcode + 1 } } }), 'snp-baseline-tcb');
  assert.equal(under({ minimumTcb: { Genoa: {} } }), 'snp-baseline-product');
  assert.equal(under({ minimumTcb: 'any' }), 'accepted');
});

test('evidence that was changed, or does not commit to the runtime data, is refused', () => {
  const forged = Uint8Array.from(report);
  forged[0x90] = (forged[0x90] ?? 0) ^ 1;
  assert.equal(codeOf({}, forged), 'snp-signature');
  assert.equal(codeOf({ runtimeData: { bytes: Uint8Array.of(1) } }), 'snp-runtime-data');
  assert.equal(codeOf({ runtimeData: 'any' }), 'accepted');
});

test('verified endorsements are accepted themselves, not as a copy, nor beside roots', () => {
  const by = unwrap(verifySnpEndorsements(collateral, { trustAnchors }));
  const parsed = unwrap(parseSnpReport(report));
  const copies: readonly object[] = [{ ...by }, Object.create(by), new Proxy(by, {}), structuredClone(by), collateral];
  for (const copy of copies) {
    // What a caller without types can pass.
    assert.equal(
      misuseOf(() => appraiseSnp(parsed, copy as VerifiedSnpEndorsements, { at })),
      'option-invalid endorsements',
    );
  }
  assert.throws(() => Object.defineProperty(by, 'chain', { value: undefined }), TypeError);
  assert.equal(
    misuseOf(() => codeOf({ collateral: by })),
    'option-invalid options.trustAnchors',
  );
  const forged = Symbol('verifySnpEndorsements');
  // @ts-expect-error nobody else has the key
  const make = () => new VerifiedSnpEndorsements(by, forged);
  assert.equal(misuseOf(make), 'option-invalid endorsements');
});

test('verified endorsements keep the root of their verification when the one that was named changes', () => {
  const named = { ...anchor };
  const by = unwrap(verifySnpEndorsements(collateral, { trustAnchors: [named] }));
  named.development = false;
  const { trustAnchors: _, ...withoutRoots } = good;
  assert.equal(unwrap(verifySevSnp(report, { ...withoutRoots, collateral: by })).developmentRoot, true);
});

describe('misuse throws', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['option-missing options.at', { at: undefined }],
    ['option-invalid options.at', { at: at.toISOString() }],
    ['option-missing options.runtimeData', { runtimeData: undefined }],
    ['option-invalid options.debug', { debug: 'policy' }],
    ['option-unknown options.endorsements', { endorsements: collateral }],
    ['option-missing options.collateral', { collateral: undefined }],
    ['option-missing options.collateral.revocationList', { collateral: { certificate, authorityChain } }],
    ['option-invalid options.collateral.revocationList', { collateral: { ...collateral, revocationList: 'any' } }],
    ['option-invalid options.collateral.certificate', { collateral: { ...collateral, certificate: 1 } }],
    ['option-invalid options.collateral.authorityChain', { collateral: { ...collateral, authorityChain: bytes } }],
    [
      'option-invalid options.collateral.furtherRevocationLists',
      { collateral: { ...collateral, furtherRevocationLists: new Set([bytes]).values() } },
    ],
    ['option-unknown options.collateral.chain', { collateral: { ...collateral, chain: [] } }],
    ['option-missing options.baseline', { baseline: undefined }],
    ['option-missing options.baseline.minimumTcb', { baseline: {} }],
    ['option-invalid options.baseline.minimumTcb', { baseline: { minimumTcb: 1 } }],
    ['option-unknown options.baseline.minimumTcb.Rome', { baseline: { minimumTcb: { Rome: {} } } }],
    ['option-unknown options.baseline.minimumTcb.Milan.ucode', { baseline: { minimumTcb: { Milan: { ucode: 1 } } } }],
    ['option-invalid options.baseline.minimumTcb.Milan.snp', { baseline: { minimumTcb: { Milan: { snp: '1' } } } }],
    ['option-invalid options.baseline.migration', { baseline: { minimumTcb, migration: true } }],
    ['option-invalid options.baseline.smt', { baseline: { minimumTcb, smt: 'forbid' } }],
    ['option-invalid options.baseline.maximumVmpl', { baseline: { minimumTcb, maximumVmpl: 4 } }],
    ['option-invalid options.baseline.revocation', { baseline: { minimumTcb, revocation: 'unchecked' } }],
    ['option-invalid options.trustAnchors', { trustAnchors: [{ ...anchor, development: 'no' }] }],
  ];
  for (const [expected, change] of cases) {
    test(`for ${JSON.stringify(change).slice(0, 80)}: ${expected}`, () => {
      const untyped = { ...good, ...change } as SevSnpOptions;
      assert.equal(
        misuseOf(() => verifySevSnp(report, untyped)),
        expected,
      );
    });
  }

  test('for evidence that is no bytes', () => {
    const text = 'AAAA' as unknown as Uint8Array;
    assert.equal(
      misuseOf(() => verifySevSnp(text, good)),
      'option-invalid evidence',
    );
  });
});
