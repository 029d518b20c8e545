/** TDX domains through the whole service: simulated ones with what each setting refuses, real ones at their own time. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createVerifier } from '@atesto/relying-party';
import { reportDataOf, type TdxQuoteOptions } from '@atesto/testing/tdx';
import { readVector, readVectorCollateral, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { base64url, claimsOf, platform, quoteOf, refusalOf, serveEnclaves } from '../../__fixtures__/enclave.ts';
import { serve, type TestService } from '../../__fixtures__/service.ts';
import type { ServiceSettings } from '../../config/schema.ts';

const collateral = await platform.collateral({ tee: 'tdx' });
const serveDomains = (settings: ServiceSettings = {}): Promise<TestService> =>
  serveEnclaves(settings, { intelEndorsements: { get: async () => ({ ok: true, value: { collateral } }) } });
const service = await serveDomains();
const tdQuoteOf = (options: TdxQuoteOptions = {}): string => base64url(platform.tdxQuote(options));
const quote = tdQuoteOf();
const data = Buffer.from('held by the trust domain');
const sent = { data: base64url(data), dataType: 'Binary' };

describe('a simulated trust domain', () => {
  test('gets a token with the claims of the EAT profile, and only with them', async () => {
    const reportData = reportDataOf(data);
    const claims = claimsOf(await service.attest('TdxVm', { quote: tdQuoteOf({ body: { reportData } }) }));
    const names = [
      ...['eat_profile', 'dbgstat', 'intuse', 'attester_tcb_status', 'tdx_mrtd', 'tdx_mrseam', 'tdx_mrsignerseam'],
      ...['tdx_rtmr0', 'tdx_rtmr1', 'tdx_rtmr2', 'tdx_rtmr3', 'tdx_mrconfigid', 'tdx_mrowner', 'tdx_mrownerconfig'],
      ...['tdx_report_data', 'tdx_seam_attributes', 'tdx_seamsvn', 'tdx_td_attributes', 'tdx_td_attributes_debug'],
      ...['tdx_td_attributes_key_locker', 'tdx_td_attributes_perfmon', 'tdx_td_attributes_protection_keys'],
      ...['tdx_td_attributes_septve_disable', 'tdx_tee_tcb_svn', 'tdx_xfam'],
      ...['iss', 'iat', 'nbf', 'exp', 'jti', 'x-ms-ver', 'x-ms-attestation-type', 'x-ms-policy-hash'],
      'x-atesto-development-root',
    ];
    assert.deepEqual(Object.keys(claims).sort(), names.sort());
    assert.equal(claims['x-ms-attestation-type'], 'tdxvm');
    assert.equal(claims.eat_profile, 'https://aka.ms/maa-eat-profile-tdxvm');
    assert.equal(claims.attester_tcb_status, 'UpToDate');
    assert.equal(claims.dbgstat, 'disabled');
    assert.equal(claims.tdx_td_attributes_septve_disable, true);
    assert.equal(claims.tdx_report_data, reportData.toString('hex'));
    assert.equal(claims['x-ms-policy-hash'], '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco');
  });

  test('is attested in both layouts, from all api-versions, under its path in any case', async () => {
    for (const options of [{ version: 4 }, { version: 5, layout: '1.0' }, { version: 5 }] as const) {
      assert.equal((await service.attest('TdxVm', { quote: tdQuoteOf(options) })).status, 200);
    }
    for (const version of ['2022-08-01', '2022-09-01-preview', '2025-06-01']) {
      assert.equal((await service.attest('tdxvm', { Quote: quote }, { version })).status, 200, version);
    }
  });

  test('gets a token that a relying party accepts when it expects what the domain is', async () => {
    const answer = await service.attest('TdxVm', { quote, nonce: 'n-1' });
    const { token } = JSON.parse(answer.text);
    const { keys } = JSON.parse((await service.call('/certs')).text);
    const verifierOf = (mrTd: string) =>
      createVerifier({
        issuers: [service.url],
        keySets: { [service.url]: { keys } },
        expectations: {
          attestationType: 'TdxVm',
          mrTd,
          policyHash: '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco',
          nonce: { equals: 'n-1' },
          runtimeData: 'any',
          developmentRoot: 'any',
        },
      });
    const mrTd = String(claimsOf(answer).tdx_mrtd);
    const verdict = await verifierOf(mrTd).verify(token);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    assert.equal((await verifierOf('00'.repeat(48)).verify(token)).ok, false);
  });

  test('has its runtime data in the token, and is refused with other data', async () => {
    const bound = tdQuoteOf({ body: { reportData: reportDataOf(data) } });
    const binary = claimsOf(await service.attest('TdxVm', { quote: bound, runtimeData: sent }));
    assert.equal(binary['x-ms-sgx-ehd'], base64url(data));
    const json = Buffer.from('{"keys":[]}');
    const answer = await service.attest('TdxVm', {
      quote: tdQuoteOf({ body: { reportData: reportDataOf(json) } }),
      runtimeData: { data: base64url(json), dataType: 'JSON' },
    });
    assert.deepEqual(claimsOf(answer)['x-ms-runtime'], { keys: [] });
    const refused = await service.attest('TdxVm', { quote, runtimeData: sent });
    assert.deepEqual(refusalOf(refused), [400, 'InvalidParameter', 'tdx-runtime-data']);
  });

  test('may bring init-time data only where the operator says how it commits to them', async () => {
    const mrConfigId = Buffer.concat([reportDataOf(data).subarray(0, 32), Buffer.alloc(16)]);
    const request = { quote: tdQuoteOf({ body: { mrConfigId } }), initTimeData: sent };
    const expected = [400, 'InvalidParameter', 'tdx-init-time-data'];
    assert.deepEqual(refusalOf(await service.attest('TdxVm', request)), expected);
    const configured = await serveDomains({ provider: { initTimeBinding: { tdx: 'mrconfigid' } } });
    assert.equal(claimsOf(await configured.attest('TdxVm', request))['x-ms-inittime'], base64url(data));
    assert.deepEqual(refusalOf(await configured.attest('TdxVm', { ...request, quote })), expected);
  });

  test('that can be debugged is attested, with claims that say so, unless the baseline forbids it', async () => {
    const debug = tdQuoteOf({ body: { debug: true } });
    const claims = claimsOf(await service.attest('TdxVm', { quote: debug }));
    assert.deepEqual([claims.dbgstat, claims.tdx_td_attributes_debug], ['enabled', true]);
    const strict = await serveDomains({ provider: { baseline: { tdx: { allowDebug: false } } } });
    assert.deepEqual(refusalOf(await strict.attest('TdxVm', { quote: debug })).at(2), 'baseline-debug');
    assert.equal((await strict.attest('TdxVm', { quote })).status, 200);
  });

  for (const [what, tdAttributes] of [
    ['HGS_PLUS_PROF', '1000001000000000'],
    ['PERF_PROF', '2000001000000000'],
    ['PMT_PROF', '4000001000000000'],
  ] as const) {
    test(`that its host may profile by ${what} is attested like one that can be debugged`, async () => {
      const profiled = tdQuoteOf({ body: { tdAttributes } });
      const claims = claimsOf(await service.attest('TdxVm', { quote: profiled }));
      assert.deepEqual([claims.dbgstat, claims.tdx_td_attributes_debug], ['enabled', true]);
      const strict = await serveDomains({ provider: { baseline: { tdx: { allowDebug: false } } } });
      assert.deepEqual(refusalOf(await strict.attest('TdxVm', { quote: profiled })).at(2), 'baseline-debug');
    });
  }

  test('that the operator knows by its MRTD carries the compliance status', async () => {
    const claims = claimsOf(await service.attest('TdxVm', { quote }));
    assert.equal(claims['x-ms-compliance-status'], undefined);
    const tdx = [{ complianceStatus: 'known', mrTds: [String(claims.tdx_mrtd)] }];
    const knowing = await serveDomains({ provider: { referenceValues: { tdx } } });
    const known = claimsOf(await knowing.attest('TdxVm', { quote }));
    assert.equal(known['x-ms-compliance-status'], 'known');
  });

  test('must meet the TDX baseline, not the one of SGX', async () => {
    const tooHigh = { minTcbEvaluationDataNumber: 100_000 };
    const lenient = await serveDomains({ provider: { baseline: { sgx: tooHigh } } });
    assert.equal((await lenient.attest('TdxVm', { quote })).status, 200);
    const refused: [NonNullable<NonNullable<NonNullable<ServiceSettings['provider']>['baseline']>['tdx']>, string][] = [
      [tooHigh, 'baseline-evaluation-number'],
      [{ maxCollateralAgeSeconds: 1 }, 'baseline-collateral-age'],
      [{ acceptedStatuses: ['OutOfDate'] }, 'baseline-tcb-status'],
    ];
    for (const [tdx, code] of refused) {
      const strict = await serveDomains({ provider: { baseline: { tdx } } });
      assert.deepEqual(refusalOf(await strict.attest('TdxVm', { quote })), [400, 'InvalidParameter', code]);
    }
  });

  test('is judged by policies on its claims: texts, numbers and truth values', async () => {
    const policy = (conditions: string): string =>
      `version= 1.0;authorizationrules{${conditions} => permit();};issuancerules{c:[type=="tdx_mrtd"] => issue(type="code", value=c.value);};`;
    const { tdx_mrtd: mrTd, tdx_seamsvn: seamSvn } = claimsOf(await service.attest('TdxVm', { quote }));
    const permitted = [
      `[type=="tdx_mrtd", value=="${mrTd}"]`,
      '[type=="attester_tcb_status", value=="UpToDate"] && [type=="dbgstat", value=="disabled"]',
      `[type=="tdx_seamsvn", value==${seamSvn}]`,
      '[type=="tdx_td_attributes_debug", value==false]',
      '[type=="x-ms-attestation-type", value=="tdxvm"]',
    ];
    for (const conditions of permitted) {
      const answer = await service.attest('TdxVm', { quote, draftPolicyForAttestation: policy(conditions) });
      assert.equal(claimsOf(answer).code, mrTd, conditions);
    }
    for (const conditions of ['[type=="tdx_td_attributes_debug", value==true]', '[type=="tdx_mrtd", value=="00"]']) {
      const answer = await service.attest('TdxVm', { quote, draftPolicyForAttestation: policy(conditions) });
      assert.deepEqual(refusalOf(answer), [400, 'PolicyEvaluationError', 'policy-denied']);
    }
  });

  test('is refused at SgxEnclave, and an enclave at TdxVm', async () => {
    const expected = [400, 'InvalidParameter', 'quote-tee-type'];
    assert.deepEqual(refusalOf(await service.attest('SgxEnclave', { quote })), expected);
    assert.deepEqual(refusalOf(await service.attest('TdxVm', { quote: quoteOf() })), expected);
  });
});

test('enclaves whose quotes are of version 4 or 5 are attested as SgxEnclave', async () => {
  const enclaves = await serveEnclaves();
  for (const version of [4, 5] as const) {
    const claims = claimsOf(await enclaves.attest('SgxEnclave', { quote: quoteOf({ version }) }));
    assert.equal(claims['x-ms-attestation-type'], 'sgx', String(version));
  }
});

const accepted = ['UpToDate', 'SWHardeningNeeded', 'ConfigurationNeeded', 'ConfigurationAndSWHardeningNeeded'];

describe('real TDX evidence', { skip: vectorsMissing('tdx') }, () => {
  for (const name of vectorCases('tdx')) {
    test(`${name}: attested or refused as expected`, async () => {
      const expected = readVectorJson('tdx', name, 'expected.json');
      const at = new Date(String(expected.verificationTime));
      const real = await serve(
        {},
        {
          clock: () => at,
          intelEndorsements: {
            get: async () => ({ ok: true, value: { collateral: readVectorCollateral('tdx', name) } }),
          },
        },
      );
      const answer = await real.attest('TdxVm', { quote: base64url(readVector('tdx', name, 'quote.bin')) });
      const isExpired = Array.isArray(expected.collateralExpired) && expected.collateralExpired.length > 0;
      const status = String(expected.tcbStatus);
      const late = isExpired ? 'collateral-expired' : undefined;
      const unknown = status === 'NotSupported' ? 'tcb-level-not-found' : undefined;
      const code = late ?? unknown ?? (accepted.includes(status) ? undefined : 'baseline-tcb-status');
      if (code !== undefined) return assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', code]);
      const claims = claimsOf(answer);
      const body = new Map(Object.entries(Object(expected.body)));
      assert.equal(claims.attester_tcb_status, status);
      assert.equal(claims.dbgstat, body.get('debug') === true ? 'enabled' : 'disabled');
      for (const [claim, field] of [
        ['tdx_mrtd', 'mrTd'],
        ['tdx_rtmr0', 'rtmr0'],
        ['tdx_rtmr3', 'rtmr3'],
        ['tdx_mrseam', 'mrSeam'],
        ['tdx_report_data', 'reportData'],
        ['tdx_td_attributes', 'tdAttributes'],
        ['tdx_tee_tcb_svn', 'teeTcbSvn'],
        ['tdx_xfam', 'xfam'],
      ] as const) {
        assert.equal(claims[claim], body.get(field), claim);
      }
      assert.equal(claims['x-atesto-development-root'], undefined);
    });
  }
});
