/** One call verifies everything about SGX evidence, with safe defaults; each test has exactly one thing wrong. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportDataOf, type SgxReportBodyFields } from '@atesto/testing/sgx';
import { anchorOf, at, days, makePlatform } from '../__fixtures__/intel-platform.ts';
import { misuseOf } from '../__fixtures__/misuse.ts';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { appraiseSgx, parseSgxEvidence, VerifiedIntelCollateral } from '../advanced.ts';
import { type IntelOptions, unwrap, verifyIntelCollateral, verifySgx } from '../index.ts';

const platform = await makePlatform();
const collateral = await platform.collateral();
const trustAnchors = [anchorOf(platform)];
const bytes = Uint8Array.of(1, 2, 3);
const quoteOf = (body: Partial<SgxReportBodyFields> = {}) =>
  platform.quote({ body: { reportData: reportDataOf(bytes), ...body } });
const quote = quoteOf();
const good: IntelOptions = { collateral, trustAnchors, at, runtimeData: { bytes } };
const verify = (options: Partial<IntelOptions> = {}, evidence: Uint8Array = quote) =>
  verifySgx(evidence, { ...good, ...options });
const codeOf = (options: Partial<IntelOptions> = {}, evidence: Uint8Array = quote): string =>
  outcomeCode(verify(options, evidence));
const outdated = await platform.collateral({ tcbStatus: 'OutOfDate' });

test('evidence is accepted that is genuine, up to date, not debuggable and bound to the data', () => {
  const appraisal = unwrap(verify());
  assert.deepEqual([appraisal.tcbStatus, appraisal.debug, appraisal.developmentRoot], ['UpToDate', false, true]);
  assert.deepEqual(
    appraisal,
    unwrap(appraiseSgx(unwrap(parseSgxEvidence(Uint8Array.from(quote))), verified(), { at })),
  );
});

test('bytes that were given as a Buffer come back as plain bytes', () => {
  const { body } = unwrap(verify({}, Buffer.from(quote)));
  assert.equal(Object.getPrototypeOf(body.mrEnclave), Uint8Array.prototype);
});

describe('without a decision', () => {
  test('enclaves that can be debugged are refused', () => {
    const debuggable = quoteOf({ debug: true });
    assert.equal(codeOf({}, debuggable), 'baseline-debug');
    assert.equal(codeOf({ debug: false }, debuggable), 'baseline-debug');
    assert.equal(codeOf({ debug: 'any' }, debuggable), 'accepted');
  });

  test('platforms that are not up to date are refused', async () => {
    assert.equal(codeOf({ collateral: outdated }), 'baseline-tcb-status');
    assert.equal(
      codeOf({ collateral: await platform.collateral({ tcbStatus: 'SWHardeningNeeded' }) }),
      'baseline-tcb-status',
    );
    const baseline = { acceptedTcbStatuses: ['UpToDate', 'OutOfDate'] } as const;
    assert.equal(codeOf({ collateral: outdated, baseline }), 'accepted');
    assert.equal(codeOf({ baseline: { acceptedTcbStatuses: ['OutOfDate'] } }), 'baseline-tcb-status');
  });

  test('collateral past its next update is refused', () => {
    assert.equal(codeOf({ at: days(40) }), 'collateral-expired');
  });

  test('roots that are not the vendor’s are refused', () => {
    const { trustAnchors: _, ...vendorsAlone } = good;
    assert.equal(outcomeCode(verifySgx(quote, vendorsAlone)), 'chain-root-untrusted');
  });
});

test('evidence that does not commit to the runtime data is refused', () => {
  assert.equal(codeOf({ runtimeData: { bytes: Uint8Array.of(1, 2, 4) } }), 'sgx-runtime-data');
  assert.equal(codeOf({ runtimeData: { json: '{}' } }), 'sgx-runtime-data');
  assert.equal(
    codeOf({ runtimeData: { json: '{}' } }, quoteOf({ reportData: reportDataOf(Buffer.from('{}')) })),
    'accepted',
  );
  assert.equal(codeOf({ runtimeData: { json: bytes } }), 'accepted');
  assert.equal(codeOf({ runtimeData: 'any' }, quoteOf({ reportData: Buffer.alloc(64) })), 'accepted');
});

test('evidence that was changed is refused', () => {
  const forged = Uint8Array.from(quote);
  forged[112] = (forged[112] ?? 0) ^ 1;
  assert.equal(codeOf({}, forged), 'quote-signature');
});

test('the age and the number of collateral are limited where the baseline says so', () => {
  const age = (maximumCollateralAgeSeconds: number) =>
    codeOf({ at: days(2), baseline: { maximumCollateralAgeSeconds } });
  assert.deepEqual([age(24 * 3600), age(365 * 24 * 3600)], ['baseline-collateral-age', 'accepted']);
  const number = (minimumTcbEvaluationDataNumber: number) => codeOf({ baseline: { minimumTcbEvaluationDataNumber } });
  assert.deepEqual([number(18), number(17)], ['baseline-evaluation-number', 'accepted']);
});

test('evidence of another technology is refused', () => {
  assert.equal(codeOf({}, platform.tdxQuote()), 'quote-tee-type');
});

function verified(): VerifiedIntelCollateral {
  return unwrap(verifyIntelCollateral(collateral, { trustAnchors }));
}

describe('verified collateral', () => {
  const { trustAnchors: _, ...withoutRoots } = good;

  test('serves any number of verifications', () => {
    const by = verified();
    for (const [evidence, code] of [
      [quote, 'accepted'],
      [quoteOf({ debug: true }), 'baseline-debug'],
    ] as const) {
      assert.equal(outcomeCode(verifySgx(evidence, { ...withoutRoots, collateral: by })), code);
    }
  });

  test('keeps the roots under which it was verified', () => {
    assert.equal(
      misuseOf(() => verify({ collateral: verified() })),
      'option-invalid options.trustAnchors',
    );
  });

  test('cannot be copied into what says less of its roots', () => {
    const by = verified();
    const copy: object = { ...by, developmentRoot: false };
    const imitation = Object.create(by, { developmentRoot: { value: false } });
    const proxy = new Proxy(by, {
      get: (target, name) => (name === 'developmentRoot' ? false : Reflect.get(target, name)),
    });
    const parsed = unwrap(parseSgxEvidence(quote));
    for (const laundered of [copy, imitation, proxy, structuredClone(by), collateral, undefined]) {
      // What a caller without types can pass.
      const passed = laundered as VerifiedIntelCollateral;
      assert.equal(
        misuseOf(() => appraiseSgx(parsed, passed, { at })),
        'option-invalid collateral',
      );
    }
    assert.equal(
      misuseOf(() => verifySgx(quote, { ...withoutRoots, collateral: copy as VerifiedIntelCollateral })),
      'option-unknown options.collateral.developmentRoot',
    );
    assert.throws(() => Object.defineProperty(by, 'developmentRoot', { value: false }), TypeError);
    assert.equal(by.developmentRoot, true);
  });

  test('keeps the roots of its verification when the list that named them changes', () => {
    const named = { ...anchorOf(platform) };
    const list = [named];
    const by = unwrap(verifyIntelCollateral(collateral, { trustAnchors: list }));
    named.development = false;
    list.push({ ...named, spkiSha256: '00'.repeat(32) });
    assert.deepEqual(by.anchors, [anchorOf(platform)]);
    assert.equal(unwrap(verifySgx(quote, { ...withoutRoots, collateral: by })).developmentRoot, true);
  });

  test('is made by its verification alone', () => {
    const forged = Symbol('verifyIntelCollateral');
    // @ts-expect-error nobody else has the key
    const make = () => new VerifiedIntelCollateral(verified(), forged);
    assert.equal(misuseOf(make), 'option-invalid collateral');
  });
});

describe('misuse throws', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['option-missing options.at', { at: undefined }],
    ['option-invalid options.at', { at: at.toISOString() }],
    ['option-invalid options.at', { at: at.getTime() }],
    ['option-invalid options.at', { at: new Date('never') }],
    ['option-missing options.runtimeData', { runtimeData: undefined }],
    ['option-invalid options.runtimeData', { runtimeData: 'some' }],
    ['option-invalid options.runtimeData', { runtimeData: bytes }],
    ['option-invalid options.runtimeData', { runtimeData: {} }],
    ['option-invalid options.runtimeData', { runtimeData: { bytes, json: '{}' } }],
    ['option-unknown options.runtimeData.binary', { runtimeData: { binary: bytes } }],
    ['option-invalid options.runtimeData.bytes', { runtimeData: { bytes: 'AQID' } }],
    ['option-invalid options.runtimeData.json', { runtimeData: { json: {} } }],
    ['option-invalid options.debug', { debug: true }],
    ['option-unknown options.debuggable', { debuggable: 'any' }],
    ['option-missing options.collateral', { collateral: undefined }],
    ['option-invalid options.collateral.tcbInfo', { collateral: { ...collateral, tcbInfo: '{}' } }],
    [
      'option-invalid options.collateral.pckCrlIssuerChain',
      { collateral: { ...collateral, pckCrlIssuerChain: bytes } },
    ],
    [
      'option-invalid options.collateral.pckCertificateChain',
      { collateral: { ...collateral, pckCertificateChain: bytes } },
    ],
    [
      'option-invalid options.collateral.furtherRevocationLists',
      { collateral: { ...collateral, furtherRevocationLists: ['00'] } },
    ],
    [
      'option-invalid options.collateral.furtherRevocationLists',
      { collateral: { ...collateral, furtherRevocationLists: new Set([bytes]).values() } },
    ],
    ['option-invalid options.baseline', { baseline: 'strict' }],
    ['option-invalid options.baseline', { baseline: null }],
    ['option-invalid options.baseline', { baseline: Promise.resolve({ minimumTcbEvaluationDataNumber: 18 }) }],
    ['option-unknown options.baseline.debug', { baseline: { debug: 'policy' } }],
    ['option-invalid options.baseline.acceptedTcbStatuses', { baseline: { acceptedTcbStatuses: [] } }],
    ['option-invalid options.baseline.acceptedTcbStatuses', { baseline: { acceptedTcbStatuses: 'UpToDate' } }],
    ['option-invalid options.baseline.acceptedTcbStatuses', { baseline: { acceptedTcbStatuses: ['upToDate'] } }],
    ['option-invalid options.baseline.acceptedTcbStatuses', { baseline: { acceptedTcbStatuses: ['Revoked'] } }],
    [
      'option-invalid options.baseline.maximumCollateralAgeSeconds',
      { baseline: { maximumCollateralAgeSeconds: Number.NaN } },
    ],
    [
      'option-invalid options.baseline.minimumTcbEvaluationDataNumber',
      { baseline: { minimumTcbEvaluationDataNumber: -1 } },
    ],
    ['option-invalid options.trustAnchors', { trustAnchors: [{ name: 'root', spkiSha256: platform.rootFingerprint }] }],
    ['option-invalid options.trustAnchors', { trustAnchors: [{ ...anchorOf(platform), spkiSha256: 'AB'.repeat(32) }] }],
    ['option-invalid options.trustAnchors', { trustAnchors: [{ ...anchorOf(platform), name: undefined }] }],
    ['option-invalid options.trustAnchors', { trustAnchors: anchorOf(platform) }],
  ];
  for (const [expected, change] of cases) {
    test(`for ${JSON.stringify(change).slice(0, 80)}: ${expected}`, () => {
      const untyped = { ...good, ...change } as IntelOptions;
      assert.equal(
        misuseOf(() => verifySgx(quote, untyped)),
        expected,
      );
    });
  }

  test('for evidence that is no bytes, and for no options at all', () => {
    // What a caller without types can pass.
    const text = Buffer.from(quote).toString('base64') as unknown as Uint8Array;
    assert.equal(
      misuseOf(() => verifySgx(text, good)),
      'option-invalid evidence',
    );
    assert.equal(
      misuseOf(() => verifySgx(quote, undefined as unknown as IntelOptions)),
      'option-missing options',
    );
  });

  test('of verifying collateral', () => {
    const options: object = { trustAnchor: trustAnchors };
    assert.equal(
      misuseOf(() => verifyIntelCollateral(collateral, options)),
      'option-unknown options.trustAnchor',
    );
    assert.equal(
      misuseOf(() => verifyIntelCollateral(collateral, { trustAnchors: [{ ...anchorOf(platform), spkiSha256: '' }] })),
      'option-invalid options.trustAnchors',
    );
  });
});
