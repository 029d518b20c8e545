/** One call verifies everything about TDX evidence, with safe defaults; each test has exactly one thing wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportDataOf, type TdReportBodyFields } from '@atesto/testing/tdx';
import { anchorOf, at, days } from '../__fixtures__/intel-platform.ts';
import { misuseOf } from '../__fixtures__/misuse.ts';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { collateral, platform } from '../__fixtures__/trust-domain.ts';
import { appraiseTdx, parseTdxEvidence } from '../advanced.ts';
import { type IntelOptions, unwrap, verifyIntelCollateral, verifyTdx } from '../index.ts';

const trustAnchors = [anchorOf(platform)];
const bytes = Uint8Array.of(1, 2, 3);
const quoteOf = (body: Partial<TdReportBodyFields> = {}) =>
  platform.tdxQuote({ body: { reportData: reportDataOf(bytes), ...body } });
const quote = quoteOf();
const good: IntelOptions = { collateral, trustAnchors, at, runtimeData: { bytes } };
const codeOf = (options: Partial<IntelOptions> = {}, evidence: Uint8Array = quote): string =>
  outcomeCode(verifyTdx(evidence, { ...good, ...options }));

test('evidence is accepted that is genuine, up to date, not debuggable and bound to the data', () => {
  const by = unwrap(verifyIntelCollateral(collateral, { trustAnchors }));
  const { trustAnchors: _, ...withoutRoots } = good;
  const appraisal = unwrap(appraiseTdx(unwrap(parseTdxEvidence(Uint8Array.from(quote))), by, { at }));
  assert.deepEqual(unwrap(verifyTdx(quote, good)), appraisal);
  assert.deepEqual(unwrap(verifyTdx(quote, { ...withoutRoots, collateral: by })), appraisal);
});

test('trust domains that can be debugged are refused unless that is decided', () => {
  const debuggable = quoteOf({ debug: true });
  assert.equal(codeOf({}, debuggable), 'baseline-debug');
  assert.equal(codeOf({ debug: 'any' }, debuggable), 'accepted');
});

test('platforms that are not up to date are refused unless their status is listed', async () => {
  const outdated = await platform.collateral({ tee: 'tdx', tcbStatus: 'OutOfDate' });
  assert.equal(codeOf({ collateral: outdated }), 'baseline-tcb-status');
  assert.equal(codeOf({ collateral: outdated, baseline: { acceptedTcbStatuses: ['OutOfDate'] } }), 'accepted');
});

test('evidence that does not commit to the runtime data is refused', () => {
  assert.equal(codeOf({ runtimeData: { bytes: Uint8Array.of(1) } }), 'tdx-runtime-data');
  assert.equal(codeOf({ runtimeData: 'any' }), 'accepted');
});

test('evidence that was changed, and collateral that expired or is for SGX, is refused', async () => {
  const forged = Uint8Array.from(quote);
  forged[200] = (forged[200] ?? 0) ^ 1;
  assert.equal(codeOf({}, forged), 'quote-signature');
  assert.equal(codeOf({ at: days(40) }), 'collateral-expired');
  assert.equal(codeOf({ collateral: await platform.collateral() }), 'collateral-kind');
});

test('misuse throws', () => {
  const by = unwrap(verifyIntelCollateral(collateral, { trustAnchors }));
  assert.equal(
    misuseOf(() => codeOf({ collateral: by })),
    'option-invalid options.trustAnchors',
  );
  assert.equal(
    misuseOf(() => codeOf({ at: new Date(Number.NaN) })),
    'option-invalid options.at',
  );
  const undecided: object = { runtimeData: undefined };
  assert.equal(
    misuseOf(() => codeOf(undecided)),
    'option-missing options.runtimeData',
  );
  const misspelt: object = { runtimedata: 'any' };
  assert.equal(
    misuseOf(() => codeOf(misspelt)),
    'option-unknown options.runtimedata',
  );
});
