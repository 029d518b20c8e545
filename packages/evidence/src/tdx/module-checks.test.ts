/** Which module a trust domain runs, how current it and its platform are, and how their statuses come together. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CollateralOverrides, Json, JsonMembers, SimulatedTcbLevel } from '@atesto/testing/sgx';
import { acceptedDomain, appraiseDomain, codeOfTdx, svns } from '../__fixtures__/trust-domain.ts';
import type { TcbStatus } from '../advanced.ts';

const zeros = '00'.repeat(48);
const tcbDate = '2026-01-01T00:00:00Z';
/** A member of `tdxModuleIdentities`: [isvsvn, status] of its levels. */
const identity = (id: string, levels: readonly (readonly [number, string])[], more: JsonMembers = {}): Json => ({
  id,
  mrsigner: zeros,
  attributes: '0000000000000000',
  attributesMask: 'FFFFFFFFFFFFFFFF',
  tcbLevels: levels.map(([isvsvn, tcbStatus]) => ({ tcb: { isvsvn }, tcbDate, tcbStatus })),
  ...more,
});
const sgxSvns = [2, 2, 2, 2, 3, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0];
const tdxSvns = (...first: readonly number[]): number[] => [...svns(...first)];
const level = (status: string, tdx: readonly number[], sgx: readonly number[] = sgxSvns): SimulatedTcbLevel => ({
  sgxComponentSvns: sgx,
  tdxComponentSvns: tdxSvns(...tdx),
  pceSvn: 13,
  status,
});
const codeOf = async (teeTcbSvn: Buffer, overrides: CollateralOverrides = {}, more = {}): Promise<string> =>
  codeOfTdx(await appraiseDomain({ body: { teeTcbSvn, ...more } }, overrides));

describe('the TDX module', () => {
  test('of a version that the TCB info does not know: tdx-module-unknown', async () => {
    assert.equal(await codeOf(svns(5, 2, 6)), 'tdx-module-unknown');
  });

  test('is found by its version in two hexadecimal digits, in either case', async () => {
    for (const id of ['TDX_1A', 'TDX_1a', 'tdx_1a']) {
      const tcbInfo = { tdxModuleIdentities: [identity(id, [[5, 'UpToDate']])] };
      assert.equal(await codeOf(svns(5, 26, 6), { tcbInfo }), 'accepted', id);
      assert.equal(await codeOf(svns(5, 16, 6), { tcbInfo }), 'tdx-module-unknown', id);
    }
  });

  test('is judged by the status of the level that it reaches alone', async () => {
    const levels = (status: string): Json =>
      identity('TDX_01', [
        [9, status],
        [5, 'UpToDate'],
        [1, status],
      ]);
    const other = identity('TDX_07', [[5, 'Fine']]);
    for (const status of ['Fine', 'ConfigurationNeeded', 'Revoked']) {
      const tcbInfo = { tdxModuleIdentities: [levels(status), other] };
      assert.equal(await codeOf(svns(5, 1, 6), { tcbInfo }), 'accepted', status);
    }
    const tcbInfo = { tdxModuleIdentities: [levels('Fine')] };
    assert.equal(await codeOf(svns(9, 1, 6), { tcbInfo }), 'collateral-malformed');
  });

  test('with two levels of one security version: collateral-malformed', async () => {
    const tcbInfo = {
      tdxModuleIdentities: [
        identity('TDX_01', [
          [5, 'UpToDate'],
          [5, 'OutOfDate'],
        ]),
      ],
    };
    assert.equal(await codeOf(svns(5, 1, 6), { tcbInfo }), 'collateral-malformed');
  });

  test('signed by another signer: tdx-module-signer', async () => {
    assert.equal(await codeOf(svns(5, 1, 6), {}, { mrSignerSeam: `01${zeros.slice(2)}` }), 'tdx-module-signer');
    const tcbInfo = {
      tdxModule: { mrsigner: '11'.repeat(48), attributes: '00'.repeat(8), attributesMask: 'FF'.repeat(8) },
    };
    const tcbLevels = [level('UpToDate', [])];
    assert.equal(await codeOf(svns(5, 0, 6), { tcbInfo, tcbLevels }), 'tdx-module-signer');
    assert.equal(await codeOf(svns(5, 1, 6), { tcbInfo }), 'accepted');
  });

  test('with attributes that its identity does not name, or with any at all: tdx-module-attributes', async () => {
    const seamAttributes = '0100000000000000';
    assert.equal(await codeOf(svns(5, 1, 6), {}, { seamAttributes }), 'tdx-module-attributes');
    for (const more of [{ attributes: seamAttributes }, { attributesMask: 'FEFFFFFFFFFFFFFF' }]) {
      const tcbInfo = { tdxModuleIdentities: [identity('TDX_01', [[5, 'UpToDate']], more)] };
      assert.equal(await codeOf(svns(5, 1, 6), { tcbInfo }, { seamAttributes }), 'tdx-module-attributes');
    }
  });

  test('older than every level of its identity: tdx-module-level-not-found', async () => {
    const tcbInfo = { tdxModuleIdentities: [identity('TDX_01', [[5, 'UpToDate']])] };
    assert.equal(await codeOf(svns(4, 1, 6), { tcbInfo }), 'tdx-module-level-not-found');
    assert.equal(await codeOf(svns(5, 1, 6), { tcbInfo }), 'accepted');
  });

  test('reaches its highest level whatever the order in the file', async () => {
    const tcbInfo = {
      tdxModuleIdentities: [
        identity('TDX_01', [
          [2, 'OutOfDate'],
          [5, 'UpToDate'],
        ]),
      ],
    };
    const value = acceptedDomain(await appraiseDomain({ body: { teeTcbSvn: svns(5, 1, 6) } }, { tcbInfo }));
    assert.deepEqual([value.tdxModuleStatus, value.tcbStatus], ['UpToDate', 'UpToDate']);
  });

  test('whose level has a status that a module cannot have: collateral-malformed', async () => {
    for (const status of ['SWHardeningNeeded', 'ConfigurationNeeded', 'TDRelaunchAdvised', 'Fine']) {
      const tcbInfo = { tdxModuleIdentities: [identity('TDX_01', [[5, status]])] };
      assert.equal(await codeOf(svns(5, 1, 6), { tcbInfo }), 'collateral-malformed', status);
    }
  });

  test('revoked: tcb-revoked', async () => {
    assert.equal(await codeOf(svns(5, 1, 6), { tdxModuleStatus: 'Revoked' }), 'tcb-revoked');
  });
});

describe('the TCB level of a trust domain’s platform', () => {
  const highest = level('UpToDate', [5, 0, 6]);
  const lowest = level('OutOfDate', [2, 0, 2]);
  const statusOf = async (teeTcbSvn: Buffer, tcbLevels: readonly SimulatedTcbLevel[]): Promise<string> => {
    const outcome = await appraiseDomain({ body: { teeTcbSvn } }, { tcbLevels });
    return outcome.ok ? outcome.value.platformTcbStatus : outcome.refusal.code;
  };

  test('is found without the components of the module when the module has a version', async () => {
    const tcbInfo = { tdxModuleIdentities: [identity('TDX_01', [[1, 'UpToDate']])] };
    const levels = [level('UpToDate', [9, 0, 6]), lowest];
    const outcome = await appraiseDomain({ body: { teeTcbSvn: svns(1, 1, 6) } }, { tcbLevels: levels, tcbInfo });
    assert.equal(acceptedDomain(outcome).platformTcbStatus, 'UpToDate');
  });

  test('is not found by comparing all sixteen components: module 1.7 is below 5.0 in none of its own', async () => {
    // As on real machines with module 1.5: the version byte 1 exceeds the level's 0, and SVN 7 need not reach the level's 9.
    const tcbInfo = { tdxModuleIdentities: [identity('TDX_01', [[6, 'UpToDate']])] };
    const outcome = await appraiseDomain(
      { body: { teeTcbSvn: svns(7, 1, 6) } },
      { tcbLevels: [level('UpToDate', [9, 0, 6])], tcbInfo },
    );
    assert.equal(acceptedDomain(outcome).tcbStatus, 'UpToDate');
  });

  test('needs the components of a module without version', async () => {
    assert.equal(await statusOf(svns(5, 0, 6), [highest, lowest]), 'UpToDate');
    assert.equal(await statusOf(svns(4, 0, 6), [highest, lowest]), 'OutOfDate');
    assert.equal(await statusOf(svns(1, 0, 6), [highest, lowest]), 'tcb-level-not-found');
  });

  test('needs every further component, from the third to the sixteenth', async () => {
    for (let index = 2; index < 16; index += 1) {
      const needed = Array.from({ length: 16 }, (_, at) => (at < 2 ? 0 : 3));
      const have = Buffer.from([5, 1, ...needed.slice(2)]);
      assert.equal(await statusOf(have, [level('UpToDate', needed)]), 'UpToDate');
      have[index] = 2;
      assert.equal(await statusOf(have, [level('UpToDate', needed)]), 'tcb-level-not-found', `component ${index}`);
    }
  });

  test('needs every SGX component and the PCE’s version', async () => {
    for (let index = 0; index < 16; index += 1) {
      const sgx = sgxSvns.map((svn, at) => (at === index ? svn + 1 : svn));
      assert.equal(await statusOf(svns(5, 1, 6), [level('UpToDate', [5, 0, 6], sgx)]), 'tcb-level-not-found');
    }
    assert.equal(await statusOf(svns(5, 1, 6), [{ ...highest, pceSvn: 14 }]), 'tcb-level-not-found');
  });

  test('is the highest that is reached, whatever the order in the file', async () => {
    assert.equal(await statusOf(svns(5, 0, 6), [lowest, highest]), 'UpToDate');
  });

  test('when there is none, the refusal says what is missing for the lowest', async () => {
    const outcome = await appraiseDomain({ body: { teeTcbSvn: svns(5, 1, 1) } }, { tcbLevels: [highest, lowest] });
    assert.ok(!outcome.ok);
    assert.deepEqual([outcome.refusal.code, outcome.facts.tcbStatus], ['tcb-level-not-found', 'NotSupported']);
    assert.match(outcome.refusal.why, /tdx 3 \(OS\/VMM: TDX Late Microcode Update\) is 1, needs 2/);
  });
});

describe('the statuses of platform, module and quoting enclave', () => {
  const outdated = {
    UpToDate: 'OutOfDate',
    SWHardeningNeeded: 'OutOfDate',
    ConfigurationNeeded: 'OutOfDateConfigurationNeeded',
    ConfigurationAndSWHardeningNeeded: 'OutOfDateConfigurationNeeded',
    OutOfDate: 'OutOfDate',
    OutOfDateConfigurationNeeded: 'OutOfDateConfigurationNeeded',
  } as const;
  for (const [tcbStatus, whenOutdated] of Object.entries(outdated)) {
    test(`${tcbStatus} of the platform stays with current parts and becomes ${whenOutdated} with an outdated one`, async () => {
      const statuses = await Promise.all([
        appraiseDomain({}, { tcbStatus }),
        appraiseDomain({}, { tcbStatus, tdxModuleStatus: 'OutOfDate' }),
        appraiseDomain({ qeReport: { isvSvn: 6 } }, { tcbStatus }),
        appraiseDomain({ qeReport: { isvSvn: 6 } }, { tcbStatus, tdxModuleStatus: 'OutOfDate' }),
      ]);
      assert.deepEqual(
        statuses.map((outcome) => acceptedDomain(outcome).tcbStatus),
        [tcbStatus, whenOutdated, whenOutdated, whenOutdated],
      );
    });
  }

  test('Revoked of the platform or the quoting enclave wins: tcb-revoked', async () => {
    assert.equal(codeOfTdx(await appraiseDomain({}, { tcbStatus: 'Revoked' })), 'tcb-revoked');
    const tcbLevels = [{ tcb: { isvsvn: 6 }, tcbDate, tcbStatus: 'Revoked' }];
    assert.equal(codeOfTdx(await appraiseDomain({}, { qeIdentity: { tcbLevels } })), 'tcb-revoked');
  });

  test('bring the advisories of the chosen levels together, each once', async () => {
    const value = acceptedDomain(
      await appraiseDomain(
        { qeReport: { isvSvn: 6 } },
        { advisoryIds: ['INTEL-SA-1', 'INTEL-SA-2'], tdxModuleAdvisoryIds: ['INTEL-SA-2', 'INTEL-SA-3'] },
      ),
    );
    assert.deepEqual(value.advisoryIds, ['INTEL-SA-1', 'INTEL-SA-2', 'INTEL-SA-3', 'INTEL-SA-00615']);
  });
});

describe('a relaunch', () => {
  /** TDX_01: 6 is current, 3 is not; TDX_03: 3 is current. The highest level wants microcode 6. */
  const identities = [
    identity('TDX_01', [
      [6, 'UpToDate'],
      [3, 'OutOfDate'],
    ]),
    identity('TDX_03', [[3, 'UpToDate']]),
    identity('TDX_04', []),
  ];
  const levels = (status: string): SimulatedTcbLevel[] => [level(status, [5, 0, 6]), level('OutOfDate', [5, 0, 2])];
  const statusOf = async (
    launched: Buffer,
    now: Buffer,
    {
      status = 'UpToDate',
      layout = '1.5',
      qeSvn = 8,
    }: { status?: string; layout?: '1.0' | '1.5'; qeSvn?: number } = {},
  ): Promise<TcbStatus | string> => {
    const outcome = await appraiseDomain(
      { version: 5, layout, qeReport: { isvSvn: qeSvn }, body: { teeTcbSvn: launched, teeTcbSvn2: now } },
      { tcbLevels: levels(status), tcbInfo: { tdxModuleIdentities: identities } },
    );
    return outcome.ok ? outcome.value.tcbStatus : outcome.refusal.code;
  };
  const old = svns(3, 1, 6);

  test('is advised when the domain’s module is outdated and the machine’s is current', async () => {
    assert.equal(await statusOf(old, svns(6, 1, 6)), 'TDRelaunchAdvised');
    assert.equal(await statusOf(old, svns(3, 3, 6)), 'TDRelaunchAdvised');
    assert.equal(await statusOf(old, svns(5, 0, 6)), 'TDRelaunchAdvised');
    assert.equal(await statusOf(old, svns(6, 1, 6), { status: 'SWHardeningNeeded' }), 'TDRelaunchAdvised');
  });

  test('is advised with configuration where the platform needs that too', async () => {
    for (const status of ['ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded']) {
      assert.equal(await statusOf(old, svns(6, 1, 6), { status }), 'TDRelaunchAdvisedConfigurationNeeded');
    }
  });

  test('is advised when the domain was launched with old microcode too', async () => {
    assert.equal(await statusOf(svns(3, 1, 2), svns(6, 1, 6)), 'TDRelaunchAdvised');
  });

  test('is not advised when it would not help', async () => {
    assert.equal(await statusOf(old, svns(5, 1, 6)), 'OutOfDate', 'the machine’s module is not current');
    assert.equal(await statusOf(old, svns(4, 0, 6)), 'OutOfDate', 'its module without version is not current');
    assert.equal(await statusOf(old, svns(6, 1, 5)), 'OutOfDate', 'its microcode is not current');
    assert.equal(await statusOf(old, svns(6, 1, 6), { qeSvn: 6 }), 'OutOfDate', 'the quoting enclave is outdated');
    assert.equal(await statusOf(old, svns(6, 1, 6), { status: 'OutOfDate' }), 'OutOfDate', 'the platform is outdated');
    assert.equal(
      await statusOf(old, svns(6, 1, 6), { status: 'OutOfDateConfigurationNeeded' }),
      'OutOfDateConfigurationNeeded',
    );
  });

  test('is not advised when the domain’s own module is current, whatever its microcode', async () => {
    assert.equal(await statusOf(svns(6, 1, 6), svns(6, 1, 6)), 'UpToDate');
    assert.equal(await statusOf(svns(6, 1, 2), svns(6, 1, 6)), 'OutOfDate');
  });

  test('is not advised to a domain of layout 1.0, which does not say what its machine has', async () => {
    assert.equal(await statusOf(old, svns(6, 1, 6), { layout: '1.0' }), 'OutOfDate');
  });

  test('is a question that a machine whose module is not known leaves open: refused', async () => {
    assert.equal(await statusOf(old, svns(6, 2, 6)), 'tdx-module-unknown');
    assert.equal(await statusOf(old, svns(6, 4, 6)), 'tdx-module-level-not-found');
  });
});
