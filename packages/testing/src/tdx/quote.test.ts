/** TDX quotes and their collateral, field by field. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVectorJson, vectorsMissing } from '@atesto/vectors';
import { createSimulatedPlatform, type TdReportBodyFields } from './index.ts';

const platform = await createSimulatedPlatform({ at: new Date('2026-06-01T12:00:00Z') });
const fill = (size: number, byte: number) => Buffer.alloc(size, byte);

test('the layouts hold every field at its offset', () => {
  const body: Partial<TdReportBodyFields> = {
    teeTcbSvn: fill(16, 1),
    mrSeam: fill(48, 2),
    mrSignerSeam: fill(48, 3),
    seamAttributes: fill(8, 4),
    tdAttributes: fill(8, 6),
    debug: true,
    xfam: fill(8, 8),
    mrTd: fill(48, 9),
    mrConfigId: fill(48, 10),
    mrOwner: fill(48, 11),
    mrOwnerConfig: fill(48, 12),
    rtmr0: fill(48, 13),
    rtmr1: fill(48, 14),
    rtmr2: fill(48, 15),
    rtmr3: fill(48, 16),
    reportData: fill(64, 17),
    teeTcbSvn2: fill(16, 18),
    mrServiceTd: fill(48, 19),
  };
  const common = Buffer.concat([
    ...[fill(16, 1), fill(48, 2), fill(48, 3), fill(8, 4), Buffer.of(7), fill(7, 6), fill(8, 8)],
    ...[9, 10, 11, 12, 13, 14, 15, 16].map((byte) => fill(48, byte)),
    fill(64, 17),
  ]);
  const v4 = Buffer.from(platform.tdxQuote({ body }));
  assert.equal(v4.subarray(0, 12).toString('hex'), '040002008100000000000000');
  assert.deepEqual(v4.subarray(48, 632), common);
  const v5 = Buffer.from(platform.tdxQuote({ version: 5, body }));
  assert.equal(v5.subarray(48, 54).toString('hex'), '030088020000');
  assert.deepEqual(v5.subarray(54, 702), Buffer.concat([common, fill(16, 18), fill(48, 19)]));
});

test('collateral speaks of the module and the components of the TD report', async () => {
  const { tcbInfo, qeIdentity } = await platform.collateral({ tee: 'tdx', tdxModuleStatus: 'OutOfDate' });
  const info = JSON.parse(Buffer.from(tcbInfo).toString());
  assert.deepEqual([info.id, info.tdxModuleIdentities[0].id], ['TDX', 'TDX_01']);
  assert.deepEqual(
    info.tdxModuleIdentities[0].tcbLevels.map((level: { tcbStatus: string }) => level.tcbStatus),
    ['OutOfDate', 'OutOfDate'],
  );
  assert.deepEqual(
    info.tcbLevels[0].tcb.tdxtcbcomponents.slice(0, 3).map((component: { svn: number }) => component.svn),
    [5, 0, 6],
  );
  assert.equal(JSON.parse(Buffer.from(qeIdentity).toString()).id, 'TD_QE');
});

test('TCB info has the members of real TCB info in the same order', { skip: vectorsMissing('tdx') }, async () => {
  const { tcbInfo } = await platform.collateral({ tee: 'tdx' });
  const simulated = JSON.parse(Buffer.from(tcbInfo).toString());
  const real = JSON.parse(String(readVectorJson('tdx', 'v4-up-to-date', 'collateral.json').tcb_info));
  for (const select of [
    (info: typeof real) => info,
    (info: typeof real) => info.tdxModule,
    (info: typeof real) => info.tdxModuleIdentities[0],
    (info: typeof real) => info.tcbLevels[0].tcb,
    (info: typeof real) => info.tcbLevels[0].tcb.tdxtcbcomponents[0],
  ]) {
    assert.deepEqual(Object.keys(select(simulated)), Object.keys(select(real)));
  }
});
