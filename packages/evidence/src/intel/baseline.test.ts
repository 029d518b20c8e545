import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CollateralOverrides } from '@atesto/testing/sgx';
import { accepted, appraise, at, days, makePlatform } from '../__fixtures__/intel-platform.ts';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { checkTcbBaseline, defaultTcbBaseline, type SgxAppraisal, type TcbBaseline, tcbStatuses } from '../advanced.ts';

const platform = await makePlatform();
const appraisalOf = async (overrides: CollateralOverrides = {}, quote = platform.quote()): Promise<SgxAppraisal> =>
  accepted(appraise(platform, quote, await platform.collateral(overrides), { allowExpiredCollateral: true }));
const upToDate = await appraisalOf();
const check = (appraisal: SgxAppraisal, change: Partial<TcbBaseline> = {}, time = at) =>
  checkTcbBaseline(appraisal, { ...defaultTcbBaseline, ...change }, time);

describe('the TCB baseline', () => {
  test('by default accepts what is vulnerable by software or configuration only, and refuses the rest with baseline-tcb-status', () => {
    const verdicts = tcbStatuses.map((tcbStatus) => [tcbStatus, outcomeCode(check({ ...upToDate, tcbStatus }))]);
    assert.deepEqual(verdicts, [
      ['UpToDate', 'accepted'],
      ['SWHardeningNeeded', 'accepted'],
      ['ConfigurationNeeded', 'accepted'],
      ['ConfigurationAndSWHardeningNeeded', 'accepted'],
      ['OutOfDate', 'baseline-tcb-status'],
      ['OutOfDateConfigurationNeeded', 'baseline-tcb-status'],
      ['TDRelaunchAdvised', 'baseline-tcb-status'],
      ['TDRelaunchAdvisedConfigurationNeeded', 'baseline-tcb-status'],
      ['Revoked', 'baseline-tcb-status'],
    ]);
  });

  test('accepts a status when the provider does', () => {
    assert.equal(
      outcomeCode(check({ ...upToDate, tcbStatus: 'OutOfDate' }, { acceptedTcbStatuses: ['OutOfDate'] })),
      'accepted',
    );
    assert.equal(outcomeCode(check(upToDate, { acceptedTcbStatuses: ['OutOfDate'] })), 'baseline-tcb-status');
    assert.equal(outcomeCode(check(upToDate, { acceptedTcbStatuses: [] })), 'baseline-tcb-status');
  });

  test('says which status, which SVNs are short of the latest level by how much, and the advisories', async () => {
    const { tcbComponentSvns, pceSvn } = platform.state.pck;
    const latest = tcbComponentSvns.map((svn, index) => (index === 1 ? svn + 3 : svn));
    const appraisal = await appraisalOf(
      {
        tcbLevels: [
          { sgxComponentSvns: latest, pceSvn: pceSvn + 1, status: 'UpToDate' },
          { sgxComponentSvns: tcbComponentSvns, pceSvn, status: 'OutOfDate', advisoryIds: ['INTEL-SA-00837'] },
        ],
      },
      platform.quote({ qeReport: { isvSvn: 7 } }),
    );
    const outcome = check(appraisal);
    assert.equal(
      outcome.ok ? '' : outcome.refusal.why,
      'TCB status OutOfDate is not accepted (accepted: UpToDate, SWHardeningNeeded, ConfigurationNeeded, ConfigurationAndSWHardeningNeeded). ' +
        'Short of the latest level: sgx 2 (OS/VMM: SGX Late Microcode Update) is 2, needs 5 (3 short); pcesvn is 13, needs 14 (1 short). ' +
        'The quoting enclave (ISVSVN 7) is OutOfDate. Advisories: INTEL-SA-00837, INTEL-SA-00615.',
    );
  });

  test('is held against a platform at a time: none at all is misuse', () => {
    assert.throws(() => check(upToDate, {}, new Date(Number.NaN)), { name: 'ConfigurationError', option: 'at' });
  });

  test('refuses collateral that is older than it allows with baseline-collateral-age, and names the part', async () => {
    const day = 24 * 3600;
    assert.equal(outcomeCode(check(upToDate, { maximumCollateralAgeSeconds: day })), 'accepted');
    const young = check(upToDate, { maximumCollateralAgeSeconds: day - 1 });
    assert.equal(outcomeCode(young), 'baseline-collateral-age');
    const crl = await appraisalOf({ pckCrl: { thisUpdate: days(-20) } });
    const outcome = check(crl, { maximumCollateralAgeSeconds: 10 * day });
    assert.deepEqual(outcome.ok ? '' : outcome.refusal.where, 'pck_crl');
  });

  test('refuses an evaluation data number below its minimum with baseline-evaluation-number', () => {
    assert.equal(outcomeCode(check(upToDate, { minimumTcbEvaluationDataNumber: 17 })), 'accepted');
    assert.equal(outcomeCode(check(upToDate, { minimumTcbEvaluationDataNumber: 18 })), 'baseline-evaluation-number');
  });

  test('leaves debug enclaves to the policy, or refuses them with baseline-debug', async () => {
    const debug = await appraisalOf({}, platform.quote({ body: { debug: true } }));
    assert.equal(outcomeCode(check(debug)), 'accepted');
    assert.equal(outcomeCode(check(debug, { debug: 'forbid' })), 'baseline-debug');
    assert.equal(outcomeCode(check(upToDate, { debug: 'forbid' })), 'accepted');
  });
});
