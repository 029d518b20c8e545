/** The claims of a TDX appraisal, and what its evidence commits to. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reportDataOf } from '@atesto/testing/sgx';
import { outcomeCode } from '../__fixtures__/refusals.ts';
import { acceptedDomain, appraiseDomain, platform } from '../__fixtures__/trust-domain.ts';
import {
  checkTcbBaseline,
  checkTdxInitTimeData,
  checkTdxRuntimeData,
  defaultTcbBaseline,
  parseTdxEvidence,
  type TdReportBody,
  tdxClaims,
} from '../advanced.ts';

const measurement = (digit: string): string => digit.repeat(96);

test('the claims are those of Azure Attestation’s EAT profile, each from its field', async () => {
  const body = {
    mrSeam: measurement('a'),
    tdAttributes: '000000d000000080',
    xfam: 'e702060000000000',
    mrTd: measurement('b'),
    mrConfigId: measurement('c'),
    mrOwner: measurement('d'),
    mrOwnerConfig: measurement('e'),
    rtmr0: measurement('1'),
    rtmr1: measurement('2'),
    rtmr2: measurement('3'),
    rtmr3: measurement('4'),
    reportData: '77'.repeat(64),
  };
  assert.deepEqual(tdxClaims(acceptedDomain(await appraiseDomain({ body }))), {
    eat_profile: 'https://aka.ms/maa-eat-profile-tdxvm',
    dbgstat: 'disabled',
    intuse: 'generic',
    attester_tcb_status: 'UpToDate',
    tdx_mrtd: body.mrTd,
    tdx_rtmr0: body.rtmr0,
    tdx_rtmr1: body.rtmr1,
    tdx_rtmr2: body.rtmr2,
    tdx_rtmr3: body.rtmr3,
    tdx_mrseam: body.mrSeam,
    tdx_mrsignerseam: measurement('0'),
    tdx_mrconfigid: body.mrConfigId,
    tdx_mrowner: body.mrOwner,
    tdx_mrownerconfig: body.mrOwnerConfig,
    tdx_report_data: body.reportData,
    tdx_seam_attributes: '0000000000000000',
    tdx_seamsvn: 0x0105,
    tdx_td_attributes: body.tdAttributes,
    tdx_td_attributes_debug: false,
    tdx_td_attributes_key_locker: true,
    tdx_td_attributes_perfmon: true,
    tdx_td_attributes_protection_keys: true,
    tdx_td_attributes_septve_disable: true,
    tdx_tee_tcb_svn: '05010600000000000000000000000000',
    tdx_xfam: body.xfam,
  });
});

test('a domain that can be debugged says so in both claims, and meets no baseline that forbids it', async () => {
  const appraisal = acceptedDomain(await appraiseDomain({ body: { debug: true } }));
  const claims = tdxClaims(appraisal);
  assert.deepEqual([claims.dbgstat, claims.tdx_td_attributes_debug], ['enabled', true]);
  const at = platform.at;
  assert.equal(outcomeCode(checkTcbBaseline(appraisal, defaultTcbBaseline, at)), 'accepted');
  assert.equal(
    outcomeCode(checkTcbBaseline(appraisal, { ...defaultTcbBaseline, debug: 'forbid' }, at)),
    'baseline-debug',
  );
});

describe('what a trust domain commits to', () => {
  const data = Buffer.from('{"keys":[]}');
  const bodyOf = (fields: Parameters<typeof platform.tdxQuote>[0]): TdReportBody => {
    const parsed = parseTdxEvidence(platform.tdxQuote(fields));
    assert.ok(parsed.ok);
    return parsed.value.body;
  };
  const reportData = reportDataOf(data);

  test('are runtime data by the first half of the report data; the second is the domain’s own', () => {
    assert.equal(outcomeCode(checkTdxRuntimeData(bodyOf({ body: { reportData } }), data)), 'accepted');
    const own = Buffer.concat([reportData.subarray(0, 32), Buffer.alloc(32, 9)]);
    assert.equal(outcomeCode(checkTdxRuntimeData(bodyOf({ body: { reportData: own } }), data)), 'accepted');
    assert.equal(
      outcomeCode(checkTdxRuntimeData(bodyOf({ body: { reportData } }), Buffer.from('{}'))),
      'tdx-runtime-data',
    );
    const swapped = Buffer.concat([Buffer.alloc(32), reportData.subarray(0, 32)]);
    assert.equal(outcomeCode(checkTdxRuntimeData(bodyOf({ body: { reportData: swapped } }), data)), 'tdx-runtime-data');
  });

  test('are init-time data only where it was decided how: tdx-init-time-data', () => {
    const mrConfigId = Buffer.concat([reportData.subarray(0, 32), Buffer.alloc(16)]);
    const body = bodyOf({ body: { mrConfigId } });
    assert.equal(outcomeCode(checkTdxInitTimeData(body, data, 'mrconfigid')), 'accepted');
    assert.equal(outcomeCode(checkTdxInitTimeData(body, data, 'refuse')), 'tdx-init-time-data');
    assert.equal(outcomeCode(checkTdxInitTimeData(body, Buffer.from('other'), 'mrconfigid')), 'tdx-init-time-data');
    mrConfigId[47] = 1;
    assert.equal(
      outcomeCode(checkTdxInitTimeData(bodyOf({ body: { mrConfigId } }), data, 'mrconfigid')),
      'tdx-init-time-data',
    );
  });
});
