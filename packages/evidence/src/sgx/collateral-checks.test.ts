/** Each check of TCB info and QE identity, and the TCB levels, with endorsements in which only that check fails. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CollateralOverrides, Json, JsonMembers, SimulatedTcbLevel } from '@atesto/testing/sgx';
import { generateEcKeys } from '@atesto/testing/x509';
import { appraiseSgxBytes } from '../__fixtures__/appraise-bytes.ts';
import { accepted, anchorOf, appraise, at, codeOfSgx, days, makePlatform } from '../__fixtures__/intel-platform.ts';
import { type IntelAppraisalOptions, type IntelCollateral, verifyIntelCollateral } from '../advanced.ts';

const platform = await makePlatform();
const quote = platform.quote();
const good = await platform.collateral();
const other = generateEcKeys();

const outcomeOf = async (overrides: CollateralOverrides, options: Partial<IntelAppraisalOptions> = {}) =>
  appraise(platform, quote, await platform.collateral(overrides), options);
const codeOf = async (overrides: CollateralOverrides, options: Partial<IntelAppraisalOptions> = {}): Promise<string> =>
  codeOfSgx(await outcomeOf(overrides, options));
const codeWith = (change: Partial<IntelCollateral>): string =>
  codeOfSgx(appraise(platform, quote, { ...good, ...change }));
const iso = (date: Date): string => date.toISOString().replace('.000Z', 'Z');
const { tcbComponentSvns: svns, pceSvn } = platform.state.pck;
const level = (status: string, change: Partial<SimulatedTcbLevel> = {}): SimulatedTcbLevel => ({
  sgxComponentSvns: svns,
  pceSvn,
  status,
  ...change,
});

describe('signed bodies', () => {
  test('are refused when another key signed them with collateral-signature', async () => {
    assert.equal(await codeOf({ signTcbInfoWith: other }), 'collateral-signature');
    assert.equal(await codeOf({ signQeIdentityWith: other }), 'collateral-signature');
  });

  test('are refused when the signature is zero, short or long with collateral-signature', () => {
    for (const size of [64, 0, 63, 65]) {
      assert.equal(codeWith({ tcbInfoSignature: new Uint8Array(size) }), 'collateral-signature');
      assert.equal(codeWith({ qeIdentitySignature: new Uint8Array(size) }), 'collateral-signature');
    }
  });

  test('are verified as received: the same members written otherwise are refused', () => {
    for (const part of ['tcbInfo', 'qeIdentity'] as const) {
      const spaced = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(good[part]).toString('utf8')), null, 1));
      assert.equal(codeWith({ [part]: spaced }), 'collateral-signature');
    }
  });

  test('may be written in any way when they were signed so', async () => {
    const spaced = Buffer.from(JSON.stringify(JSON.parse(Buffer.from(good.tcbInfo).toString('utf8')), null, 2));
    assert.equal(await codeOf({ tcbInfo: spaced }), 'accepted');
  });

  test('are refused when a bit is flipped anywhere', () => {
    for (const part of ['tcbInfo', 'qeIdentity', 'tcbInfoSignature', 'qeIdentitySignature'] as const) {
      for (let offset = 0; offset < good[part].length; offset += 7) {
        const flipped = Uint8Array.from(good[part]);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        assert.equal(codeWith({ [part]: flipped }), 'collateral-signature', `${part} ${offset}`);
      }
    }
  });

  test('are not exchanged: a QE identity is no TCB info', () => {
    assert.equal(
      codeWith({ tcbInfo: good.qeIdentity, tcbInfoSignature: good.qeIdentitySignature }),
      'collateral-malformed',
    );
  });
});

describe('TCB info', () => {
  const cases: readonly (readonly [code: string, title: string, members: JsonMembers])[] = [
    [
      'collateral-kind',
      'for TDX',
      {
        id: 'TDX',
        tdxModule: { mrsigner: '00'.repeat(48), attributes: '00'.repeat(8), attributesMask: 'FF'.repeat(8) },
      },
    ],
    ['collateral-kind', 'for something else', { id: 'SEV' }],
    ['collateral-version', 'of version 1', { version: 1 }],
    ['collateral-version', 'of version 4', { version: 4 }],
    ['collateral-fmspc', 'of another platform family', { fmspc: '00a5a5000001' }],
    ['collateral-pceid', 'of another PCE', { pceId: '0100' }],
    ['collateral-not-yet-valid', 'issued later', { issueDate: iso(days(1)) }],
    ['collateral-malformed', 'without an id', { id: undefined }],
    ['collateral-malformed', 'with another type of TCB', { tcbType: 1 }],
    ['collateral-malformed', 'with an FMSPC that is too short', { fmspc: '00a5' }],
    ['collateral-malformed', 'with a date that is none', { issueDate: 'yesterday' }],
    ['collateral-malformed', 'with a number that is too large', { tcbEvaluationDataNumber: 2 ** 32 }],
    ['collateral-malformed', 'with a number that is text', { tcbEvaluationDataNumber: '17' }],
    ['collateral-malformed', 'without levels', { tcbLevels: undefined }],
  ];
  for (const [code, title, tcbInfo] of cases) {
    test(`${title} is refused with ${code}`, async () => {
      // A TDX TCB info needs TDX components; those of the default levels are for SGX.
      const change = tcbInfo['id'] === 'TDX' ? { tee: 'tdx' as const, tcbInfo, qeIdentity: { id: 'QE' } } : { tcbInfo };
      assert.equal(await codeOf(change), code);
    });
  }

  const levelCases: readonly (readonly [title: string, change: (level: Record<string, Json>) => Json])[] = [
    ['a status that is not known', (member) => ({ ...member, tcbStatus: 'Fine' })],
    ['a status that is derived only', (member) => ({ ...member, tcbStatus: 'TDRelaunchAdvised' })],
    ['no date', ({ tcbDate: _, ...member }) => member],
    ['no TCB', ({ tcb: _, ...member }) => member],
    [
      'an SVN above 255',
      (member) => ({ ...member, tcb: { sgxtcbcomponents: svns.map(() => ({ svn: 256 })), pcesvn: 0 } }),
    ],
    [
      'fifteen components',
      (member) => ({ ...member, tcb: { sgxtcbcomponents: svns.slice(1).map((svn) => ({ svn })), pcesvn: 0 } }),
    ],
    [
      'a PCESVN above 65535',
      (member) => ({ ...member, tcb: { sgxtcbcomponents: svns.map((svn) => ({ svn })), pcesvn: 65536 } }),
    ],
    ['advisories that are no texts', (member) => ({ ...member, advisoryIDs: [1] })],
    ['no object', () => 'UpToDate'],
  ];
  for (const [title, change] of levelCases) {
    test(`with a level of ${title} is refused with collateral-malformed`, async () => {
      const members: { tcbLevels: Record<string, Json>[] } = JSON.parse(Buffer.from(good.tcbInfo).toString('utf8'));
      const [first = {}, ...rest] = members.tcbLevels;
      assert.equal(await codeOf({ tcbInfo: { tcbLevels: [change(first), ...rest] } }), 'collateral-malformed');
    });
  }

  test('with a level twice is refused with collateral-malformed', async () => {
    const members: { tcbLevels: Record<string, Json>[] } = JSON.parse(Buffer.from(good.tcbInfo).toString('utf8'));
    const [first = {}] = members.tcbLevels;
    const tcbLevels = [...members.tcbLevels, { ...first, tcbStatus: 'OutOfDate' }];
    assert.equal(await codeOf({ tcbInfo: { tcbLevels } }), 'collateral-malformed');
  });

  test('with a member twice, or that is no JSON, is refused with collateral-malformed', async () => {
    const text = Buffer.from(good.tcbInfo).toString('utf8');
    for (const body of [text.replace('{', '{"tcbType":0,'), `${text}x`, '[]', '', '\u0000']) {
      assert.equal(await codeOf({ tcbInfo: Buffer.from(body) }), 'collateral-malformed');
    }
  });

  test('of version 2 is as good as of version 3', async () => {
    assert.equal(accepted(await outcomeOf({ tcbInfoVersion: 2 })).tcbStatus, 'UpToDate');
  });

  test('may write hex in either case', async () => {
    assert.equal(await codeOf({ tcbInfo: { fmspc: '00A5A5000000' } }), 'accepted');
  });
});

const qeLevel = (isvsvn: number, tcbStatus: string) => ({
  tcb: { isvsvn },
  tcbDate: '2025-01-01T00:00:00Z',
  tcbStatus,
});

describe('QE identity', () => {
  const cases: readonly (readonly [code: string, title: string, members: JsonMembers])[] = [
    ['collateral-kind', 'of the TD quoting enclave', { id: 'TD_QE' }],
    ['collateral-kind', 'of the quote verification enclave', { id: 'QVE' }],
    ['collateral-version', 'of version 1', { version: 1 }],
    ['collateral-version', 'of version 3', { version: 3 }],
    ['collateral-not-yet-valid', 'issued later', { issueDate: iso(days(1)) }],
    ['collateral-malformed', 'with a mask that is too short', { attributesMask: 'FF' }],
    ['collateral-malformed', 'without a signer', { mrsigner: undefined }],
    ['collateral-malformed', 'with a product beyond 16 bits', { isvprodid: 65536 }],
    ...['SWHardeningNeeded', 'ConfigurationAndSWHardeningNeeded', 'TDRelaunchAdvised', 'Fine'].map(
      (tcbStatus) =>
        [
          'collateral-malformed',
          `with the status ${tcbStatus}, which a quoting enclave cannot have, in a level that it does not reach`,
          { tcbLevels: [qeLevel(8, 'UpToDate'), qeLevel(99, tcbStatus)] },
        ] as const,
    ),
    ['qe-tcb-level-not-found', 'without levels', { tcbLevels: [] }],
    ['qe-identity-miscselect', 'that needs another MISCSELECT', { miscselect: '01000000' }],
    ['qe-identity-mrsigner', 'that needs another signer', { mrsigner: '33'.repeat(32) }],
  ];
  for (const [code, title, qeIdentity] of cases) {
    test(`${title} is refused with ${code}`, async () => {
      assert.equal(await codeOf({ qeIdentity }), code);
    });
  }

  test('ignores what its masks leave out', async () => {
    const loose = { miscselectMask: '00000000', attributes: '00'.repeat(16), attributesMask: '00'.repeat(16) };
    const odd = platform.quote({ qeReport: { miscSelect: 7, debug: true } });
    const collateral = await platform.collateral({ qeIdentity: loose });
    assert.equal(codeOfSgx(appraise(platform, odd, collateral)), 'accepted');
  });

  test('takes the first level in the order of the file, or the highest where that is worse', async () => {
    for (const [levels, status] of [
      [[qeLevel(9, 'UpToDate'), qeLevel(8, 'UpToDate'), qeLevel(1, 'Revoked')], 'UpToDate'],
      [[qeLevel(6, 'OutOfDate'), qeLevel(8, 'UpToDate')], 'OutOfDate'],
      [[qeLevel(6, 'UpToDate'), qeLevel(8, 'OutOfDate')], 'OutOfDate'],
      [[qeLevel(9, 'Revoked'), qeLevel(8, 'OutOfDate'), qeLevel(6, 'UpToDate')], 'OutOfDate'],
    ] as const) {
      const value = accepted(await outcomeOf({ qeIdentity: { tcbLevels: levels } }));
      assert.deepEqual([value.qeTcbStatus, value.tcbStatus], [status, status], JSON.stringify(levels));
    }
    for (const levels of [
      [qeLevel(1, 'Revoked'), qeLevel(8, 'UpToDate')],
      [qeLevel(1, 'UpToDate'), qeLevel(8, 'Revoked')],
    ]) {
      assert.equal(await codeOf({ qeIdentity: { tcbLevels: levels } }), 'tcb-revoked', JSON.stringify(levels));
    }
  });

  for (const status of ['ConfigurationNeeded', 'OutOfDateConfigurationNeeded']) {
    test(`with the status ${status} counts as OutOfDate where that level is reached, and not at all elsewhere`, async () => {
      const reached = accepted(await outcomeOf({ qeIdentity: { tcbLevels: [qeLevel(8, status)] } }));
      assert.deepEqual([reached.qeTcbStatus, reached.tcbStatus], ['OutOfDate', 'OutOfDate']);
      const levels = [qeLevel(8, 'UpToDate'), qeLevel(6, status)];
      assert.equal(accepted(await outcomeOf({ qeIdentity: { tcbLevels: levels } })).tcbStatus, 'UpToDate');
    });
  }

  test('whose level is revoked refuses with tcb-revoked', async () => {
    const revoked = [{ tcb: { isvsvn: 0 }, tcbDate: '2025-01-01T00:00:00Z', tcbStatus: 'Revoked' }];
    assert.equal(await codeOf({ qeIdentity: { tcbLevels: revoked } }), 'tcb-revoked');
  });
});

describe('expired collateral', () => {
  const past = days(-1);
  const earlier = { thisUpdate: days(-30), nextUpdate: past };
  const parts: readonly (readonly [part: string, overrides: CollateralOverrides])[] = [
    ['root_ca_crl', { rootCaCrl: earlier }],
    ['pck_crl', { pckCrl: earlier }],
    ['tcb_info', { tcbInfo: { nextUpdate: iso(past) } }],
    ['qe_identity', { qeIdentity: { nextUpdate: iso(past) } }],
  ];
  for (const [part, overrides] of parts) {
    test(`${part} is refused with collateral-expired, and named`, async () => {
      const outcome = await outcomeOf(overrides);
      assert.deepEqual(outcome.ok ? [] : [outcome.refusal.code, outcome.facts.expired], ['collateral-expired', [part]]);
    });

    test(`${part} is a fact beside the status when the caller allows it`, async () => {
      const value = accepted(await outcomeOf(overrides, { allowExpiredCollateral: true }));
      assert.deepEqual([value.tcbStatus, value.collateral.expired], ['UpToDate', [part]]);
    });
  }

  test('is good up to and including the moment of its next update', async () => {
    const due = { thisUpdate: days(-30), nextUpdate: at };
    const json = { nextUpdate: iso(at) };
    assert.equal(await codeOf({ rootCaCrl: due, pckCrl: due, tcbInfo: json, qeIdentity: json }), 'accepted');
  });

  test('of the future is refused even when old collateral is allowed with collateral-not-yet-valid', async () => {
    const options = { allowExpiredCollateral: true };
    const later = { thisUpdate: days(1), nextUpdate: days(2) };
    assert.equal(await codeOf({ rootCaCrl: later }, options), 'collateral-not-yet-valid');
    assert.equal(await codeOf({ pckCrl: later }, options), 'collateral-not-yet-valid');
  });

  test('is judged at the time of each appraisal, not when it was verified', () => {
    const verified = verifyIntelCollateral(good, { trustAnchors: [anchorOf(platform)] });
    assert.ok(verified.ok);
    const codes = [0, 40].map((later) => codeOfSgx(appraiseSgxBytes(quote, verified.value, { at: days(later) })));
    assert.deepEqual(codes, ['accepted', 'collateral-expired']);
  });
});

test('a time that is none is misuse', () => {
  const never = { at: new Date(Number.NaN), allowExpiredCollateral: true };
  assert.throws(() => appraise(platform, quote, good, never), { name: 'ConfigurationError', option: 'options.at' });
});

describe('TCB levels', () => {
  test('are taken highest first, whatever the order of the file', async () => {
    const higher = svns.map((svn, index) => (index === 0 ? svn + 1 : svn));
    const lower = svns.map((svn, index) => (index === 0 ? svn - 1 : svn));
    const tcbLevels = [
      level('Revoked', { sgxComponentSvns: svns.map(() => 0), pceSvn: 0 }),
      level('OutOfDate', { sgxComponentSvns: lower }),
      level('SWHardeningNeeded', { advisoryIds: ['INTEL-SA-2'] }),
      level('UpToDate', { sgxComponentSvns: higher }),
    ];
    const value = accepted(await outcomeOf({ tcbLevels }));
    assert.deepEqual([value.platformTcbStatus, value.advisoryIds], ['SWHardeningNeeded', ['INTEL-SA-2']]);
    assert.deepEqual(value.shortfalls, [
      { component: 'sgx 1 (BIOS: Early Microcode Update)', have: svns[0], need: (svns[0] ?? 0) + 1 },
    ]);
  });

  for (let index = 0; index < 16; index += 1) {
    test(`component ${index + 1} alone keeps a platform from a level`, async () => {
      const need = svns.map((svn, position) => (position === index ? svn + 1 : svn));
      const value = accepted(
        await outcomeOf({ tcbLevels: [level('UpToDate', { sgxComponentSvns: need }), level('OutOfDate')] }),
      );
      assert.equal(value.tcbStatus, 'OutOfDate');
      assert.deepEqual(
        value.shortfalls.map(({ have, need: needed }) => [have, needed]),
        [[svns[index], (svns[index] ?? 0) + 1]],
      );
    });
  }

  test('the PCESVN alone keeps a platform from a level', async () => {
    const value = accepted(
      await outcomeOf({ tcbLevels: [level('UpToDate', { pceSvn: pceSvn + 1 }), level('OutOfDate')] }),
    );
    assert.deepEqual(
      [value.tcbStatus, value.shortfalls],
      ['OutOfDate', [{ component: 'pcesvn', have: pceSvn, need: pceSvn + 1 }]],
    );
  });

  test('none reached is refused with tcb-level-not-found, and NotSupported is a fact', async () => {
    const outcome = await outcomeOf({ tcbLevels: [level('UpToDate', { pceSvn: pceSvn + 1 })] });
    assert.deepEqual(
      outcome.ok ? [] : [outcome.refusal.code, outcome.facts.tcbStatus, outcome.facts.evidence?.body.isvProdId],
      ['tcb-level-not-found', 'NotSupported', 1],
    );
    assert.equal(await codeOf({ tcbLevels: [] }), 'tcb-level-not-found');
  });

  test('revoked is refused with tcb-revoked, and its advisories are facts', async () => {
    const outcome = await outcomeOf({ tcbLevels: [level('Revoked', { advisoryIds: ['INTEL-SA-3'] })] });
    assert.deepEqual(outcome.ok ? [] : [outcome.refusal.code, outcome.facts.tcbStatus, outcome.facts.advisoryIds], [
      'tcb-revoked',
      'Revoked',
      ['INTEL-SA-3'],
    ]);
  });

  for (const [platformStatus, converged] of [
    ['UpToDate', 'OutOfDate'],
    ['SWHardeningNeeded', 'OutOfDate'],
    ['ConfigurationNeeded', 'OutOfDateConfigurationNeeded'],
    ['ConfigurationAndSWHardeningNeeded', 'OutOfDateConfigurationNeeded'],
    ['OutOfDate', 'OutOfDate'],
    ['OutOfDateConfigurationNeeded', 'OutOfDateConfigurationNeeded'],
  ] as const) {
    test(`${platformStatus} with a quoting enclave out of date is ${converged}`, async () => {
      const collateral = await platform.collateral({
        tcbStatus: platformStatus,
        advisoryIds: ['INTEL-SA-00615', 'INTEL-SA-4'],
      });
      const old = platform.quote({ qeReport: { isvSvn: 7 } });
      const value = accepted(appraise(platform, old, collateral));
      assert.deepEqual(
        [value.platformTcbStatus, value.qeTcbStatus, value.qeIsvSvn, value.tcbStatus, value.advisoryIds],
        [platformStatus, 'OutOfDate', 7, converged, ['INTEL-SA-00615', 'INTEL-SA-4']],
      );
      assert.equal(accepted(appraise(platform, quote, collateral)).tcbStatus, platformStatus);
    });
  }

  test('the evaluation data number is the lower of the two bodies', async () => {
    const value = accepted(
      await outcomeOf({ tcbInfo: { tcbEvaluationDataNumber: 19 }, qeIdentity: { tcbEvaluationDataNumber: 18 } }),
    );
    assert.equal(value.collateral.tcbEvaluationDataNumber, 18);
  });
});
